"""Image augmentation: images are [B, H, W, C], float32 in [0, 1] or uint8. The prompt says what each function does."""

import tensorflow as tf


def random_crop(images: tf.Tensor, size: int, seed: int) -> tf.Tensor:
    """A random window of each image: [B, size, size, C]."""
    raise NotImplementedError


def horizontal_flip(images: tf.Tensor, seed: int, probability: float) -> tf.Tensor:
    """Each image mirrored left to right with the probability."""
    raise NotImplementedError


def rotate(images: tf.Tensor, degrees: float) -> tf.Tensor:
    """All images turned counter-clockwise about their centre."""
    raise NotImplementedError


def random_scale(images: tf.Tensor, low: float, high: float, seed: int) -> tf.Tensor:
    """Each image zoomed about its centre by a factor of its own in [low, high]."""
    raise NotImplementedError


def color_jitter(images: tf.Tensor, brightness: float, contrast: float, seed: int) -> tf.Tensor:
    """Each image's contrast and brightness changed by draws of its own."""
    raise NotImplementedError


def augment(images: tf.Tensor, seed: int) -> tf.Tensor:
    """Several of these, one after the other."""
    raise NotImplementedError
