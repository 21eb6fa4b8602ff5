"""The base as a Keras model. What it was trained on, and how, stands in README.md."""

from pathlib import Path

import keras
import numpy as np


def build() -> keras.Sequential:
    """x [N, 32] -> features [N, 12]."""
    base = _network(32, 24, 64, 12)
    with np.load(Path(__file__).with_name("base.npz")) as arrays:
        base.set_weights([arrays[f"{layer}.{kind}"].T for layer in (0, 2, 4) for kind in ("weight", "bias")])
    return base


def build_untrained(inputs: int, features: int) -> keras.Sequential:
    """Another of the kind: x [N, inputs] -> features [N, features]."""
    return _network(inputs, 5, 9, features)


def _network(inputs: int, first: int, second: int, features: int) -> keras.Sequential:
    return keras.Sequential(
        [
            keras.Input((inputs,)),
            keras.layers.Dense(first, activation="tanh"),
            keras.layers.Dense(second, activation="relu"),
            keras.layers.Dense(features),
        ]
    )
