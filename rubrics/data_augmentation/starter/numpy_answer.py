"""Image augmentation: images are [B, H, W, C], float32 in [0, 1] or uint8. The prompt says what each function does."""

import numpy as np


def random_crop(images: np.ndarray, size: int, seed: int) -> np.ndarray:
    """A random window of each image: [B, size, size, C]."""
    raise NotImplementedError


def horizontal_flip(images: np.ndarray, seed: int, probability: float) -> np.ndarray:
    """Each image mirrored left to right with the probability."""
    raise NotImplementedError


def rotate(images: np.ndarray, degrees: float) -> np.ndarray:
    """All images turned counter-clockwise about their centre."""
    raise NotImplementedError


def random_scale(images: np.ndarray, low: float, high: float, seed: int) -> np.ndarray:
    """Each image zoomed about its centre by a factor of its own in [low, high]."""
    raise NotImplementedError


def color_jitter(images: np.ndarray, brightness: float, contrast: float, seed: int) -> np.ndarray:
    """Each image's contrast and brightness changed by draws of its own."""
    raise NotImplementedError


def augment(images: np.ndarray, seed: int) -> np.ndarray:
    """Several of these, one after the other."""
    raise NotImplementedError
