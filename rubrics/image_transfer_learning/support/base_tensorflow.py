"""The base as a Keras model. What it was trained on, and how, stands in README.md."""

from pathlib import Path

import keras
import numpy as np
from keras import layers


def build() -> keras.Sequential:
    """x [N, 16, 16, 3] -> feature maps [N, 4, 4, 24]."""
    base = untrained()
    with np.load(Path(__file__).with_name("base.npz")) as arrays:
        weights = []
        for layer in (0, 4, 8):
            weights += [arrays[f"{layer}.weight"].transpose(2, 3, 1, 0), arrays[f"{layer}.bias"]]
            names = ("weight", "bias", "running_mean", "running_var")
            weights += [arrays[f"{layer + 1}.{name}"] for name in names]
        base.set_weights(weights)
    return base


def untrained() -> keras.Sequential:
    return keras.Sequential(
        [
            keras.Input((16, 16, 3)),
            layers.Conv2D(12, 5, padding="same"),
            layers.BatchNormalization(momentum=0.9, epsilon=1e-5),
            layers.ReLU(),
            layers.MaxPooling2D(),
            layers.Conv2D(16, 3, padding="same"),
            layers.BatchNormalization(momentum=0.9, epsilon=1e-5),
            layers.ReLU(),
            layers.MaxPooling2D(),
            layers.Conv2D(24, 3, padding="same"),
            layers.BatchNormalization(momentum=0.9, epsilon=1e-5),
            layers.ReLU(),
        ]
    )
