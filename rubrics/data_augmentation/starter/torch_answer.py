"""Image augmentation: images are [B, H, W, C], float32 in [0, 1] or uint8. The prompt says what each function does."""

from torch import Tensor


def random_crop(images: Tensor, size: int, seed: int) -> Tensor:
    """A random window of each image: [B, size, size, C]."""
    raise NotImplementedError


def horizontal_flip(images: Tensor, seed: int, probability: float) -> Tensor:
    """Each image mirrored left to right with the probability."""
    raise NotImplementedError


def rotate(images: Tensor, degrees: float) -> Tensor:
    """All images turned counter-clockwise about their centre."""
    raise NotImplementedError


def random_scale(images: Tensor, low: float, high: float, seed: int) -> Tensor:
    """Each image zoomed about its centre by a factor of its own in [low, high]."""
    raise NotImplementedError


def color_jitter(images: Tensor, brightness: float, contrast: float, seed: int) -> Tensor:
    """Each image's contrast and brightness changed by draws of its own."""
    raise NotImplementedError


def augment(images: Tensor, seed: int) -> Tensor:
    """Several of these, one after the other."""
    raise NotImplementedError
