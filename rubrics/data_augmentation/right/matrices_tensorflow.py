# /// right
# framework = "tensorflow"
# style = "stateless draws; one-hot selection for crops; interpolation by a matrix of weights for each image"
# ///

import numpy as np
import tensorflow as tf
from keras import ops


def finish(values, images):
    if images.dtype == tf.uint8:
        return tf.cast(ops.round(ops.clip(values, 0.0, 255.0)), tf.uint8)
    return ops.cast(ops.clip(values, 0.0, 1.0), images.dtype)


def top(images):
    return 255.0 if images.dtype == tf.uint8 else 1.0


def random_crop(images, size, seed):
    n, h, w, _ = images.shape
    if size < 1 or size > h or size > w:
        raise ValueError("size")
    y = tf.random.stateless_uniform((n,), (seed, 1), 0, h - size + 1, tf.int32)
    x = tf.random.stateless_uniform((n,), (seed, 2), 0, w - size + 1, tf.int32)
    rows = tf.one_hot(y[:, None] + tf.range(size), h)
    columns = tf.one_hot(x[:, None] + tf.range(size), w)
    return tf.cast(tf.einsum("nih,njw,nhwc->nijc", rows, columns, tf.cast(images, tf.float32)), images.dtype)


def horizontal_flip(images, seed, probability):
    if not (probability >= 0 and probability <= 1):
        raise ValueError("probability")
    flipped = np.random.RandomState(seed).uniform(size=len(images)) < probability
    out = np.array(images)
    out[flipped] = out[flipped][:, :, ::-1]
    return out


def warp(images, a, b, c, d):
    """The pixel at (y, x) comes from (a y + b x, c y + d x); offsets from the centre; the factors are [N]."""
    n, h, w, channels = images.shape
    y, x = np.meshgrid(np.arange(h) - (h - 1) / 2, np.arange(w) - (w - 1) / 2, indexing="ij")
    a, b, c, d = (np.broadcast_to(v, (n,)).reshape(-1, 1, 1) for v in (a, b, c, d))
    source_y, source_x = a * y + b * x + (h - 1) / 2, c * y + d * x + (w - 1) / 2
    from_rows = np.maximum(0, 1 - np.abs(source_y.reshape(n, -1, 1) - np.arange(h)))
    from_columns = np.maximum(0, 1 - np.abs(source_x.reshape(n, -1, 1) - np.arange(w)))
    values = ops.einsum("nph,npw,nhwc->npc", from_rows, from_columns, tf.cast(images, tf.float64))
    return finish(tf.reshape(values, images.shape), images)


def rotate(images, degrees):
    angle = np.deg2rad(degrees)
    return warp(images, np.cos(angle), np.sin(angle), -np.sin(angle), np.cos(angle))


def random_scale(images, low, high, seed):
    if low <= 0 or high < low:
        raise ValueError("factors")
    inverse = 1 / np.random.RandomState(seed).uniform(low, high, len(images))
    return warp(images, inverse, 0.0, 0.0, inverse)


def color_jitter(images, brightness, contrast, seed):
    if not 0 <= brightness <= 1 or not 0 <= contrast <= 1:
        raise ValueError("strengths")
    shape = (images.shape[0], 1, 1, 1)
    factor = 1 + contrast * tf.random.stateless_uniform(shape, (seed, 3), -1, 1)
    shift = brightness * tf.random.stateless_uniform(shape, (seed, 4), -1, 1)
    x = tf.cast(images, tf.float32)
    mean = ops.mean(x, axis=(1, 2, 3), keepdims=True)
    return finish(mean + factor * (x - mean) + top(images) * shift, images)


def augment(images, seed):
    seeds = np.random.RandomState(seed).randint(2**31, size=3)
    images = tf.convert_to_tensor(horizontal_flip(images, seeds[0], 0.5))
    images = color_jitter(images, 0.08, 0.15, int(seeds[1]))
    return random_scale(images, 0.95, 1.2, seeds[2])
