# /// wrong
# framework = "tensorflow"
# loses = ["test_jitter"]
# also = ["test_jitter_strengths", "test_clipping", "test_zero_strength", "test_bad_arguments", "test_augment"]
# diagnosis = "every pixel has a brightness of its own: noise, not light"
# diagnosis_zh = "每个像素各有一个亮度，成了噪声"
# ///

import math

import tensorflow as tf


def random_crop(images, size, seed):
    """[B, H, W, C] -> [B, size, size, C]: a window of each image, all windows equally likely.

    Raises ValueError unless 1 <= size <= min(H, W).
    """
    batch, height, width, _ = images.shape
    if not 1 <= size <= min(height, width):
        raise ValueError(f"size must be from 1 to {min(height, width)}, not {size}")
    random = tf.random.Generator.from_seed(seed)
    tops = random.uniform((batch,), maxval=height - size + 1, dtype=tf.int32)
    lefts = random.uniform((batch,), maxval=width - size + 1, dtype=tf.int32)
    rows = tf.gather(images, tops[:, None] + tf.range(size), axis=1, batch_dims=1)
    return tf.gather(rows, lefts[:, None] + tf.range(size), axis=2, batch_dims=1)


def horizontal_flip(images, seed, probability):
    """Each image mirrored left to right with the probability. Raises ValueError unless it lies in [0, 1]."""
    if not 0 <= probability <= 1:
        raise ValueError(f"probability must lie in [0, 1], not {probability}")
    flipped = tf.random.Generator.from_seed(seed).uniform((len(images), 1, 1, 1)) < probability
    return tf.where(flipped, images[:, :, ::-1], images)


def rotate(images, degrees):
    """All images turned counter-clockwise by `degrees`."""
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    y, x = _offsets(images)
    return _resampled(images, cosine * y + sine * x, cosine * x - sine * y)


def random_scale(images, low, high, seed):
    """Each image zoomed by a factor of its own, uniform in [low, high]. Raises ValueError unless 0 < low <= high."""
    if not 0 < low <= high:
        raise ValueError(f"the factors must be 0 < low <= high, not {low} and {high}")
    factors = tf.random.Generator.from_seed(seed).uniform((len(images), 1, 1), low, high, tf.float64)
    y, x = _offsets(images)
    return _resampled(images, y / factors, x / factors)


def color_jitter(images, brightness, contrast, seed):
    """Each image's contrast about its mean, then its brightness, changed by draws of its own, and clipped.

    Raises ValueError where a strength is outside of [0, 1].
    """
    if not (0 <= brightness <= 1 and 0 <= contrast <= 1):
        raise ValueError(f"brightness and contrast must lie in [0, 1], not {brightness} and {contrast}")
    random, shape = tf.random.Generator.from_seed(seed), (len(images), 1, 1, 1)
    factors = random.uniform(shape, 1 - contrast, 1 + contrast, tf.float64)
    shifts = random.uniform(images.shape, -brightness, brightness, tf.float64) * _brightest(images)
    values = tf.cast(images, tf.float64)
    means = tf.reduce_mean(values, axis=(1, 2, 3), keepdims=True)
    return _like(images, (values - means) * factors + means + shifts)


def augment(images, seed):
    """Flips, zooms and changes of colour, mild enough to leave what an image shows."""
    flip_seed, scale_seed, colour_seed = range(3 * seed, 3 * seed + 3)
    images = horizontal_flip(images, flip_seed, 0.5)
    images = random_scale(images, 0.9, 1.2, scale_seed)
    return color_jitter(images, 0.1, 0.2, colour_seed)


def _offsets(images):
    """The offsets of all pixels from the centre: [H, 1] and [1, W]."""
    _, height, width, _ = images.shape
    y = tf.range(height, dtype=tf.float64)[:, None] - (height - 1) / 2
    return y, tf.range(width, dtype=tf.float64) - (width - 1) / 2


def _resampled(images, y, x):
    """The images' values at the offsets y and x ([H, W], or [B, H, W]) from the centre: [B, H, W, C]."""
    batch, height, width, _ = images.shape
    y = tf.broadcast_to(y + (height - 1) / 2, (batch, height, width))
    x = tf.broadcast_to(x + (width - 1) / 2, (batch, height, width))
    total = 0
    for near_y in (tf.floor(y), tf.floor(y) + 1):
        for near_x in (tf.floor(x), tf.floor(x) + 1):
            weight = (1 - tf.abs(y - near_y)) * (1 - tf.abs(x - near_x))
            inside = (near_y >= 0) & (near_y < height) & (near_x >= 0) & (near_x < width)
            places = [tf.clip_by_value(near_y, 0, height - 1), tf.clip_by_value(near_x, 0, width - 1)]
            values = tf.gather_nd(images, tf.cast(tf.stack(places, axis=-1), tf.int32), batch_dims=1)
            total += tf.where(inside, weight, 0)[..., None] * tf.cast(values, tf.float64)
    return _like(images, total)


def _brightest(images):
    return 255 if images.dtype == tf.uint8 else 1


def _like(images, values):
    """Values within the range of the images, in their dtype."""
    values = tf.clip_by_value(values, 0, _brightest(images))
    return tf.cast(tf.round(values) if images.dtype == tf.uint8 else values, images.dtype)
