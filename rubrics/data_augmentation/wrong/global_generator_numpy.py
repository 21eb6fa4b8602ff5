# /// wrong
# framework = "numpy"
# loses = ["test_seed"]
# also = []
# diagnosis = "the global generator is used: the seed has no influence"
# diagnosis_zh = "使用了全局随机数生成器，种子不起作用"
# ///

import numpy as np


def random_crop(images, size, seed):
    """[B, H, W, C] -> [B, size, size, C]: a window of each image, all windows equally likely.

    Raises ValueError unless 1 <= size <= min(H, W).
    """
    batch, height, width, _ = images.shape
    if not 1 <= size <= min(height, width):
        raise ValueError(f"size must be from 1 to {min(height, width)}, not {size}")
    rng = np.random.default_rng(seed)
    tops = rng.integers(0, height - size + 1, batch)
    lefts = rng.integers(0, width - size + 1, batch)
    windows = [image[y : y + size, x : x + size] for image, y, x in zip(images, tops, lefts, strict=True)]
    return np.stack(windows)


def horizontal_flip(images, seed, probability):
    """Each image mirrored left to right with the probability. Raises ValueError unless it lies in [0, 1]."""
    if not 0 <= probability <= 1:
        raise ValueError(f"probability must lie in [0, 1], not {probability}")
    flipped = np.random.random(len(images)) < probability
    return np.where(flipped[:, None, None, None], images[:, :, ::-1], images)


def rotate(images, degrees):
    """All images turned counter-clockwise by `degrees`."""
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    y, x = _offsets(images)
    return _resampled(images, cosine * y + sine * x, cosine * x - sine * y)


def random_scale(images, low, high, seed):
    """Each image zoomed by a factor of its own, uniform in [low, high]. Raises ValueError unless 0 < low <= high."""
    if not 0 < low <= high:
        raise ValueError(f"the factors must be 0 < low <= high, not {low} and {high}")
    factors = np.random.default_rng(seed).uniform(low, high, (len(images), 1, 1))
    y, x = _offsets(images)
    return _resampled(images, y / factors, x / factors)


def color_jitter(images, brightness, contrast, seed):
    """Each image's contrast about its mean, then its brightness, changed by draws of its own, and clipped.

    Raises ValueError where a strength is outside of [0, 1].
    """
    if not (0 <= brightness <= 1 and 0 <= contrast <= 1):
        raise ValueError(f"brightness and contrast must lie in [0, 1], not {brightness} and {contrast}")
    rng = np.random.default_rng(seed)
    factors = rng.uniform(1 - contrast, 1 + contrast, (len(images), 1, 1, 1))
    shifts = rng.uniform(-brightness, brightness, (len(images), 1, 1, 1)) * _brightest(images)
    means = images.mean(axis=(1, 2, 3), keepdims=True, dtype=np.float64)
    return _like(images, (images - means) * factors + means + shifts)


def augment(images, seed):
    """Flips, zooms and changes of colour, mild enough to leave what an image shows."""
    flip_seed, scale_seed, colour_seed = range(3 * seed, 3 * seed + 3)
    images = horizontal_flip(images, flip_seed, 0.5)
    images = random_scale(images, 0.9, 1.2, scale_seed)
    return color_jitter(images, 0.1, 0.2, colour_seed)


def _offsets(images):
    """The offsets of all pixels from the centre: [H, 1] and [1, W]."""
    _, height, width, _ = images.shape
    return np.arange(height)[:, None] - (height - 1) / 2, np.arange(width)[None] - (width - 1) / 2


def _resampled(images, y, x):
    """The images' values at the offsets y and x ([H, W], or [B, H, W]) from the centre: [B, H, W, C]."""
    batch, height, width, _ = images.shape
    y = np.broadcast_to(y + (height - 1) / 2, (batch, height, width))
    x = np.broadcast_to(x + (width - 1) / 2, (batch, height, width))
    rows, total = np.arange(batch)[:, None, None], 0
    for near_y in (np.floor(y), np.floor(y) + 1):
        for near_x in (np.floor(x), np.floor(x) + 1):
            weight = (1 - np.abs(y - near_y)) * (1 - np.abs(x - near_x))
            inside = (near_y >= 0) & (near_y < height) & (near_x >= 0) & (near_x < width)
            values = images[rows, near_y.clip(0, height - 1).astype(int), near_x.clip(0, width - 1).astype(int)]
            total = total + np.where(inside, weight, 0)[..., None] * values
    return _like(images, total)


def _brightest(images):
    return 255 if images.dtype == np.uint8 else 1


def _like(images, values):
    """Values within the range of the images, in their dtype."""
    values = np.clip(values, 0, _brightest(images))
    return (np.rint(values) if images.dtype == np.uint8 else values).astype(images.dtype)
