"""Transfer learning."""

import keras
import tensorflow as tf


def build(base: keras.Model, feature_dim: int, num_classes: int, freeze: bool = True) -> keras.Model:
    """A classifier on top of base, which maps x [N, D] to features [N, feature_dim].

    Raises:
        ValueError: for a size below 1.
    """
    raise NotImplementedError


def train(model: keras.Model, x: tf.Tensor, y: tf.Tensor, epochs: int, seed: int) -> keras.Model:
    """x [N, D], y [N] -> the trained model.

    Raises:
        ValueError: for negative epochs, and unless there is one label for each row.
    """
    raise NotImplementedError


def predict(model: keras.Model, x: tf.Tensor) -> tf.Tensor:
    """x [N, D] -> probabilities [N, C]."""
    raise NotImplementedError
