"""The base as a torch module. What it was trained on, and how, stands in README.md."""

from pathlib import Path

import numpy as np
import torch
from torch import nn


def build() -> nn.Sequential:
    """x [N, 32] -> features [N, 12]."""
    with np.load(Path(__file__).with_name("base.npz")) as arrays:
        base = _network(32, 24, 64, 12)
        base.load_state_dict({name: torch.from_numpy(arrays[name]) for name in arrays.files})
    return base


def build_untrained(inputs: int, features: int) -> nn.Sequential:
    """Another of the kind: x [N, inputs] -> features [N, features]."""
    return _network(inputs, 5, 9, features)


def _network(inputs: int, first: int, second: int, features: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(inputs, first), nn.Tanh(), nn.Linear(first, second), nn.ReLU(), nn.Linear(second, features)
    )
