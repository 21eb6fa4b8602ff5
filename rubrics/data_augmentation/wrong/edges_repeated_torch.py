# /// wrong
# framework = "torch"
# loses = ["test_outside"]
# also = ["test_rotate", "test_scale", "test_uint8", "test_augment"]
# diagnosis = "what lies outside repeats the image's edge in place of black"
# diagnosis_zh = "图像之外重复了边缘像素，而不是黑色"
# ///

import math

import torch


def random_crop(images, size, seed):
    """[B, H, W, C] -> [B, size, size, C]: a window of each image, all windows equally likely.

    Raises ValueError unless 1 <= size <= min(H, W).
    """
    batch, height, width, _ = images.shape
    if not 1 <= size <= min(height, width):
        raise ValueError(f"size must be from 1 to {min(height, width)}, not {size}")
    random = torch.Generator().manual_seed(seed)
    tops = torch.randint(height - size + 1, (batch,), generator=random).tolist()
    lefts = torch.randint(width - size + 1, (batch,), generator=random).tolist()
    windows = [image[y : y + size, x : x + size] for image, y, x in zip(images, tops, lefts, strict=True)]
    return torch.stack(windows)


def horizontal_flip(images, seed, probability):
    """Each image mirrored left to right with the probability. Raises ValueError unless it lies in [0, 1]."""
    if not 0 <= probability <= 1:
        raise ValueError(f"probability must lie in [0, 1], not {probability}")
    flipped = torch.rand(len(images), 1, 1, 1, generator=torch.Generator().manual_seed(seed)) < probability
    return torch.where(flipped, images.flip(2), images)


def rotate(images, degrees):
    """All images turned counter-clockwise by `degrees`."""
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    y, x = _offsets(images)
    return _resampled(images, cosine * y + sine * x, cosine * x - sine * y)


def random_scale(images, low, high, seed):
    """Each image zoomed by a factor of its own, uniform in [low, high]. Raises ValueError unless 0 < low <= high."""
    if not 0 < low <= high:
        raise ValueError(f"the factors must be 0 < low <= high, not {low} and {high}")
    factors = _uniform(low, high, (len(images), 1, 1), torch.Generator().manual_seed(seed))
    y, x = _offsets(images)
    return _resampled(images, y / factors, x / factors)


def color_jitter(images, brightness, contrast, seed):
    """Each image's contrast about its mean, then its brightness, changed by draws of its own, and clipped.

    Raises ValueError where a strength is outside of [0, 1].
    """
    if not (0 <= brightness <= 1 and 0 <= contrast <= 1):
        raise ValueError(f"brightness and contrast must lie in [0, 1], not {brightness} and {contrast}")
    random = torch.Generator().manual_seed(seed)
    factors = _uniform(1 - contrast, 1 + contrast, (len(images), 1, 1, 1), random)
    shifts = _uniform(-brightness, brightness, (len(images), 1, 1, 1), random) * _brightest(images)
    means = images.double().mean(dim=(1, 2, 3), keepdim=True)
    return _like(images, (images - means) * factors + means + shifts)


def augment(images, seed):
    """Flips, zooms and changes of colour, mild enough to leave what an image shows."""
    flip_seed, scale_seed, colour_seed = range(3 * seed, 3 * seed + 3)
    images = horizontal_flip(images, flip_seed, 0.5)
    images = random_scale(images, 0.9, 1.2, scale_seed)
    return color_jitter(images, 0.1, 0.2, colour_seed)


def _uniform(low, high, shape, random):
    return low + (high - low) * torch.rand(shape, dtype=torch.float64, generator=random)


def _offsets(images):
    """The offsets of all pixels from the centre: [H, 1] and [1, W]."""
    _, height, width, _ = images.shape
    y = torch.arange(height, dtype=torch.float64)[:, None] - (height - 1) / 2
    return y, torch.arange(width, dtype=torch.float64) - (width - 1) / 2


def _resampled(images, y, x):
    """The images' values at the offsets y and x ([H, W], or [B, H, W]) from the centre: [B, H, W, C]."""
    batch, height, width, _ = images.shape
    y = (y + (height - 1) / 2).expand(batch, height, width)
    x = (x + (width - 1) / 2).expand(batch, height, width)
    rows, total = torch.arange(batch)[:, None, None], 0
    for near_y in (y.floor(), y.floor() + 1):
        for near_x in (x.floor(), x.floor() + 1):
            weight = (1 - (y - near_y).abs()) * (1 - (x - near_x).abs())
            values = images[rows, near_y.clamp(0, height - 1).long(), near_x.clamp(0, width - 1).long()]
            total = total + weight[..., None] * values
    return _like(images, total)


def _brightest(images):
    return 255 if images.dtype == torch.uint8 else 1


def _like(images, values):
    """Values within the range of the images, in their dtype."""
    values = values.clamp(0, _brightest(images))
    return (values.round() if images.dtype == torch.uint8 else values).to(images.dtype)
