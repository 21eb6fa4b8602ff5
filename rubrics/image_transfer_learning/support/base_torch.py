"""The base as a torch module. What it was trained on, and how, stands in README.md."""

from pathlib import Path

import numpy as np
import torch
from torch import nn


def build() -> nn.Sequential:
    """x [N, 3, H, W] -> feature maps [N, 24, H / 4, W / 4]."""
    base = untrained()
    with np.load(Path(__file__).with_name("base.npz")) as arrays:
        base.load_state_dict({name: torch.from_numpy(arrays[name]) for name in arrays.files})
    return base


def untrained() -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(3, 12, 5, padding=2),
        nn.BatchNorm2d(12),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(12, 16, 3, padding=1),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 24, 3, padding=1),
        nn.BatchNorm2d(24),
        nn.ReLU(),
    )
