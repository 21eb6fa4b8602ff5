# /// right
# framework = "numpy"
# style = "image by image, in a class; sums of four shifted copies of a padded image; float64 as far as the end"
# ///

import math
import random

import numpy as np


class Draws:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def __call__(self, low, high):
        return self.random.uniform(low, high)


def white(images):
    return 255.0 if images.dtype.kind == "u" else 1.0


def finish(result, images):
    result = np.minimum(np.maximum(result, 0.0), white(images))
    if images.dtype.kind == "u":
        result = np.floor(result + 0.5)
    return result.astype(images.dtype)


def random_crop(images, size, seed):
    batch, height, width, channels = images.shape
    if size < 1 or size > height or size > width:
        raise ValueError("size")
    source = random.Random(seed)
    out = np.empty((batch, size, size, channels), images.dtype)
    for i in range(batch):
        y, x = source.randrange(height - size + 1), source.randint(0, width - size)
        out[i] = images[i, y : y + size, x : x + size]
    return out


def horizontal_flip(images, seed, probability):
    if probability < 0 or probability > 1:
        raise ValueError("probability")
    source = random.Random(seed)
    return np.array([np.fliplr(image) if source.random() < probability else image for image in images])


def moved(image, matrix):
    """The image under the inverse of a map about its centre."""
    height, width, channels = image.shape
    padded = np.zeros((height + 2, width + 2, channels))
    padded[1:-1, 1:-1] = image
    out = np.zeros(image.shape)
    cy, cx = (height - 1) / 2, (width - 1) / 2
    for row in range(height):
        for column in range(width):
            y = matrix[0][0] * (row - cy) + matrix[0][1] * (column - cx) + cy + 1
            x = matrix[1][0] * (row - cy) + matrix[1][1] * (column - cx) + cx + 1
            if not (0 <= y <= height + 1 and 0 <= x <= width + 1):
                continue
            y0, x0 = min(int(y), height), min(int(x), width)
            fy, fx = y - y0, x - x0
            out[row, column] = (1 - fy) * ((1 - fx) * padded[y0, x0] + fx * padded[y0, x0 + 1]) + fy * (
                (1 - fx) * padded[y0 + 1, x0] + fx * padded[y0 + 1, x0 + 1]
            )
    return out


def rotate(images, degrees):
    c, s = math.cos(math.pi * degrees / 180), math.sin(math.pi * degrees / 180)
    return finish(np.array([moved(image, [[c, s], [-s, c]]) for image in images]), images)


def random_scale(images, low, high, seed):
    if low <= 0 or low > high:
        raise ValueError("factors")
    draw = Draws(seed)
    batch, height, width, _ = images.shape
    factors = np.array([draw(low, high) for _ in range(batch)])
    if batch <= 40:
        return finish(
            np.array([moved(x, [[1 / f, 0], [0, 1 / f]]) for x, f in zip(images, factors, strict=True)]), images
        )
    # along one axis after the other: bilinear interpolation is separable
    result = images.astype(np.float64)
    for axis, length in ((1, height), (2, width)):
        places = (np.arange(length) - (length - 1) / 2) / factors[:, None] + (length - 1) / 2
        weights = np.maximum(0, 1 - np.abs(places[:, :, None] - np.arange(length)))
        result = np.einsum("bij,bjwc->biwc" if axis == 1 else "bij,bhjc->bhic", weights, result)
    return finish(result, images)


def color_jitter(images, brightness, contrast, seed):
    if min(brightness, contrast) < 0 or max(brightness, contrast) > 1:
        raise ValueError("strengths")
    draw = Draws(seed)
    out = []
    for image in images.astype(np.float64):
        mean, factor, shift = image.mean(), draw(1 - contrast, 1 + contrast), draw(-brightness, brightness)
        out.append(mean + factor * (image - mean) + shift * white(images))
    return finish(np.array(out), images)


def augment(images, seed):
    seeds = random.Random(seed).sample(range(2**32), 4)
    images = horizontal_flip(images, seeds[0], 0.3)
    images = color_jitter(images, 0.1, 0.1, seeds[1])
    return random_scale(images, 1.0, 1.3, seeds[2])
