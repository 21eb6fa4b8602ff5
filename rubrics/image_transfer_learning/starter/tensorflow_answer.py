"""Image classification by transfer learning."""

import keras
import tensorflow as tf


def build_classifier(base: keras.Model, num_classes: int, freeze: bool = True) -> keras.Model:
    """A classifier on top of base, which maps images [N, 16, 16, 3] to feature maps [N, 4, 4, 24].

    Raises:
        ValueError: for fewer classes than one.
    """
    raise NotImplementedError


def train(model: keras.Model, x: tf.Tensor, y: tf.Tensor, epochs: int, seed: int) -> keras.Model:
    """x [N, 16, 16, 3], y [N] -> the trained model.

    Raises:
        ValueError: for negative epochs, and unless there is one label for each image.
    """
    raise NotImplementedError


def predict(model: keras.Model, x: tf.Tensor) -> tf.Tensor:
    """x [N, 16, 16, 3] -> probabilities [N, C]."""
    raise NotImplementedError


def evaluate(model: keras.Model, x: tf.Tensor, y: tf.Tensor) -> float:
    """The accuracy on x [N, 16, 16, 3] and y [N], from 0 to 1.

    Raises:
        ValueError: without images, and unless there is one label for each.
    """
    raise NotImplementedError


def build_vgg16_classifier(num_classes: int) -> keras.Model:
    """A head on a frozen VGG16 with random weights: images [N, 32, 32, 3] -> probabilities [N, C]."""
    raise NotImplementedError
