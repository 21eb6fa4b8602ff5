"""Text classification."""

import keras
import tensorflow as tf


def build_classifier(vocab_size: int, max_len: int, num_classes: int) -> keras.Model:
    """A classifier of texts of up to max_len tokens. 0 is padding.

    Raises:
        ValueError: for a size below 1.
    """
    raise NotImplementedError


def train(model: keras.Model, ids: tf.Tensor, labels: tf.Tensor, epochs: int, seed: int) -> keras.Model:
    """ids [N, T], labels [N] -> the trained model.

    Raises:
        ValueError: for negative epochs, unless there is one label for each row, and where T is above max_len.
    """
    raise NotImplementedError


def predict(model: keras.Model, ids: tf.Tensor) -> tf.Tensor:
    """ids [N, T] -> probabilities [N, C].

    Raises:
        ValueError: where T is above the model's max_len.
    """
    raise NotImplementedError
