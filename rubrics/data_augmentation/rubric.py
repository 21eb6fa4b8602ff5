"""What to look for in augmentation: true windows, exact geometry, draws of each image's own, and kept ranges."""

import numpy as np
import pytest

from grader.rubric import (
    assert_close,
    assert_frequencies,
    assert_proportion,
    assert_raises,
    criterion,
    inputs_after,
    public,
)


def draw(rng, *shape):
    """float32 images within [0, 1)."""
    return rng.random(shape).astype(np.float32)


def seed_of(rng):
    return int(rng.integers(2**31))


def shown(result, shape):
    """The result, once it is finite and of the shape."""
    assert result.shape == shape, f"shape {result.shape} in place of {shape}"
    assert np.isfinite(result).all(), "a pixel is not finite"
    return result


def assert_own_draws(draws, chance):
    """Neighbours in the batch have the same draw as often as `chance` has it."""
    assert_proportion(np.sum(draws[:-1:2] == draws[1::2]), len(draws) // 2, chance)


def bins(values, low, high, count):
    """The bin of each value, of `count` equal ones from low to high, in which all must lie."""
    slack = 1e-3 * (high - low)
    assert low - slack <= values.min() and values.max() <= high + slack, f"a draw is outside of [{low}, {high}]"
    return np.clip(((values - low) / (high - low) * count).astype(int), 0, count - 1)


# random_crop


def coded(rng, batch, height, width):
    """Images [B, H, W, 3] whose first two channels tell a pixel's row and column."""
    images = draw(rng, batch, height, width, 3)
    images[..., 0] = np.arange(height)[:, None] / height
    images[..., 1] = np.arange(width) / width
    return images


def windows(candidate, images, size, seed):
    """The first rows and columns of the crops, all of which must be windows of their images."""
    batch, height, width, channels = images.shape
    crops = shown(candidate.random_crop(images, size, seed), (batch, size, size, channels))
    tops, lefts = (np.rint(crops[:, 0, 0, i] * length).astype(int) for i, length in enumerate((height, width)))
    inside = (tops >= 0) & (tops <= height - size) & (lefts >= 0) & (lefts <= width - size)
    assert inside.all(), "a crop is no window of its image"
    rows = tops[:, None, None] + np.arange(size)[:, None], lefts[:, None, None] + np.arange(size)
    assert_close(crops, images[np.arange(batch)[:, None, None], *rows], rtol=0, atol=1e-5)
    return tops, lefts


@criterion(points=9, title="Each crop is a window of its own image", zh="每个裁剪都是其图像中的一个窗口")
@pytest.mark.parametrize(
    ("batch", "height", "width", "size"),
    [pytest.param(5, 6, 9, 4, marks=public), (7, 8, 3, 1), (1, 7, 7, 6), (4, 5, 12, 5)],
)
def test_crop(candidate, rng, batch, height, width, size):
    windows(candidate, coded(rng, batch, height, width), size, seed_of(rng))


@criterion(
    points=7,
    title="Every window is reached as often as any other, by each image's own draw",
    zh="各窗口等可能出现，且每张图像独立抽取",
)
@pytest.mark.parametrize(("height", "width", "size"), [(5, 6, 3), (3, 4, 3), (5, 3, 2)])
def test_crop_windows(candidate, rng, height, width, size):
    tops, lefts = windows(candidate, coded(rng, 3000, height, width), size, seed_of(rng))
    rows, columns = height - size + 1, width - size + 1
    chosen = tops * columns + lefts
    assert_frequencies(np.bincount(chosen, minlength=rows * columns), np.full(rows * columns, 1 / (rows * columns)))
    assert_own_draws(chosen, 1 / (rows * columns))


# horizontal_flip


@criterion(points=7, title="A flip mirrors left to right", zh="翻转即左右镜像")
@pytest.mark.parametrize(("height", "width", "channels"), [pytest.param(3, 4, 1, marks=public), (5, 5, 3), (2, 7, 4)])
def test_flip(candidate, rng, height, width, channels):
    images = draw(rng, 6, height, width, channels)
    flipped = candidate.horizontal_flip(images, seed_of(rng), 1.0)
    assert_close(flipped, images[:, :, ::-1], rtol=0, atol=1e-5)
    assert_close(candidate.horizontal_flip(flipped, seed_of(rng), 1.0), images, rtol=0, atol=1e-5)
    assert_close(candidate.horizontal_flip(images, seed_of(rng), 0.0), images, rtol=0, atol=1e-5)


@criterion(
    points=6, title="Each image is flipped by a draw of its own, with the probability", zh="每张图像按概率独立翻转"
)
@pytest.mark.parametrize("probability", [0.5, 0.2, 0.9])
def test_flip_rate(candidate, rng, probability):
    images = draw(rng, 3000, 2, 3, 1)
    result = shown(candidate.horizontal_flip(images, seed_of(rng), probability), images.shape)
    flipped = np.abs(result - images[:, :, ::-1]).max(axis=(1, 2, 3)) < 1e-6
    assert_close(result[~flipped], images[~flipped], rtol=0, atol=1e-5)
    assert_proportion(flipped.sum(), len(images), probability)
    assert_own_draws(flipped, probability**2 + (1 - probability) ** 2)


# rotate


@criterion(points=9, title="Rotation by any angle, bilinear", zh="任意角度的双线性旋转")
@pytest.mark.parametrize("degrees", [pytest.param(30, marks=public), -45, 137.5, 301, 2])
@pytest.mark.parametrize(("height", "width"), [(8, 8), (9, 6)])
def test_rotate(candidate, reference, rng, degrees, height, width):
    images = draw(rng, 3, height, width, 2)
    assert_close(candidate.rotate(images, degrees), reference.rotate(images, degrees), rtol=1e-4, atol=1e-4)


@criterion(points=6, title="Right angles are exact, and counter-clockwise", zh="直角旋转精确，且为逆时针")
@pytest.mark.parametrize("turns", [pytest.param(1, marks=public), 2, 3, -1, 5])
@pytest.mark.parametrize("length", [6, 7])
def test_right_angles(candidate, rng, turns, length):
    images = draw(rng, 4, length, length, 3)
    expected = np.rot90(images, turns, axes=(1, 2))
    assert_close(candidate.rotate(images, 90 * turns), expected, rtol=1e-4, atol=1e-4)


@criterion(points=5, title="Black outside of the image, also where it is not square", zh="图像之外为黑色，非正方形亦然")
@pytest.mark.parametrize(("height", "width", "degrees"), [(9, 9, 45), (4, 10, 90), (11, 5, -90), (6, 12, 180)])
def test_outside(candidate, reference, rng, height, width, degrees):
    images = np.ones((1, height, width, 1), np.float32)
    expected = reference.rotate(images, degrees)
    assert_close(candidate.rotate(images, degrees), expected, rtol=1e-4, atol=1e-4)
    images = draw(rng, 3, height, width, 1)
    images[1] = 0
    result = candidate.rotate(images, degrees)
    assert_close(result, reference.rotate(images, degrees), rtol=1e-4, atol=1e-4)
    assert_close(candidate.rotate(images[2:], degrees), result[2:])


# random_scale


@criterion(points=7, title="A factor zooms about the centre, bilinear", zh="以中心为基准的双线性缩放")
@pytest.mark.parametrize("factor", [pytest.param(2.0, marks=public), 0.5, 1.3, 0.75])
@pytest.mark.parametrize(("height", "width"), [(8, 8), (5, 10)])
def test_scale(candidate, reference, rng, factor, height, width):
    images, seed = draw(rng, 3, height, width, 2), seed_of(rng)
    expected = reference.random_scale(images, factor, factor, seed)
    assert_close(candidate.random_scale(images, factor, factor, seed), expected, rtol=1e-4, atol=1e-4)


def slopes(batch):
    """Images [B, 9, 9, 2] that rise evenly, by 1/16 a pixel, to the right and downwards."""
    rise = (0.5 + (np.arange(9) - 4) / 16).astype(np.float32)
    return np.tile(np.stack(np.meshgrid(rise, rise), axis=-1), (batch, 1, 1, 1))


@criterion(
    points=6,
    title="Factors are uniform from low to high, one an image",
    zh="缩放因子在 low 与 high 之间均匀，每张图像一个",
)
@pytest.mark.parametrize(("low", "high"), [(0.6, 1.8), (1.0, 1.5), (0.5, 0.8)])
def test_scale_factors(candidate, rng, low, high):
    images = slopes(2000)
    result = shown(candidate.random_scale(images, low, high, seed_of(rng)), images.shape).astype(np.float64)
    across, down = result[:, 4, 5, 0] - result[:, 4, 3, 0], result[:, 5, 4, 1] - result[:, 3, 4, 1]
    assert min(across.min(), down.min()) > 0.01, "an image is not zoomed by a factor within its range"
    assert_close(across, down, rtol=1e-4, atol=1e-5)
    chosen = bins(1 / (8 * across), low, high, 6)
    assert_frequencies(np.bincount(chosen, minlength=6), np.full(6, 1 / 6))
    assert_own_draws(chosen, 1 / 6)


# color_jitter


def jittered(candidate, images, brightness, contrast, seed):
    """Each image's (shift, factor), which must explain all of its pixels."""
    result = shown(candidate.color_jitter(images, brightness, contrast, seed), images.shape).astype(np.float64)
    axes = (1, 2, 3)
    means, means_after = (x.mean(axis=axes, keepdims=True, dtype=np.float64) for x in (images, result))
    centred = images - means
    factors = (centred * (result - means_after)).sum(axis=axes, keepdims=True) / np.square(centred).sum(
        axis=axes, keepdims=True
    )
    assert_close(result, centred * factors + means_after, rtol=0, atol=1e-4)
    return (means_after - means).ravel(), factors.ravel()


def greys(rng, batch, *shape):
    """Images far from black and white, whose channels differ in brightness."""
    images = 0.4 + 0.2 * draw(rng, batch, *shape)
    images[..., 0] -= np.float32(0.1)
    return images


@criterion(
    points=7,
    title="One contrast about the mean and one brightness for an image",
    zh="每张图像一个绕均值的对比度与一个亮度",
)
@pytest.mark.parametrize(
    ("brightness", "contrast"), [pytest.param(0.1, 0.0, marks=public), (0.0, 0.4), (0.15, 0.3), (0.05, 0.9)]
)
def test_jitter(candidate, rng, brightness, contrast):
    shifts, factors = jittered(candidate, greys(rng, 16, 6, 5, 3), brightness, contrast, seed_of(rng))
    assert np.abs(shifts).max() <= brightness + 1e-4, f"brightness changes by up to {np.abs(shifts).max()}"
    assert np.abs(factors - 1).max() <= contrast + 1e-3, f"contrast changes by up to {np.abs(factors - 1).max()}"
    # that 16 uniform draws stay within a tenth of their range has a chance below 1e-14
    assert np.ptp(shifts) >= 0.1 * brightness and np.ptp(factors) >= 0.1 * contrast, "the images are changed alike"


@criterion(
    points=6,
    title="Both strengths are uniform and independent, of each image's own draw",
    zh="两种强度均匀、相互独立，且每张图像独立抽取",
)
@pytest.mark.parametrize(("brightness", "contrast"), [(0.1, 0.5), (0.2, 0.2)])
def test_jitter_strengths(candidate, rng, brightness, contrast):
    shifts, factors = jittered(candidate, greys(rng, 3000, 3, 3, 2), brightness, contrast, seed_of(rng))
    shift_bins, factor_bins = bins(shifts, -brightness, brightness, 4), bins(factors, 1 - contrast, 1 + contrast, 4)
    chosen = 4 * shift_bins + factor_bins
    assert_frequencies(np.bincount(chosen, minlength=16), np.full(16, 1 / 16))
    for draws in (shift_bins, factor_bins):
        assert_own_draws(draws, 1 / 4)


# All


@criterion(points=6, title="Ranges and dtypes are kept, uint8 included", zh="保持取值范围与 dtype，包括 uint8")
@pytest.mark.parametrize("name", ["random_crop", "horizontal_flip", "rotate", "random_scale"])
def test_uint8(candidate, reference, rng, name):
    images, seed = rng.integers(0, 256, (4, 7, 6, 3)).astype(np.uint8), seed_of(rng)
    images[..., 0] = np.arange(7)[:, None]
    images[..., 1] = np.arange(6)
    if name == "random_crop":
        result = candidate.random_crop(images, 4, seed)
        tops, lefts = result[:, 0, 0, 0].astype(int), result[:, 0, 0, 1].astype(int)
        expected = np.stack([image[y : y + 4, x : x + 4] for image, y, x in zip(images, tops, lefts, strict=True)])
    elif name == "horizontal_flip":
        result, expected = candidate.horizontal_flip(images, seed, 1.0), images[:, :, ::-1]
    elif name == "rotate":
        result, expected = candidate.rotate(images, 20), reference.rotate(images, 20)
    else:
        result, expected = (who.random_scale(images, 1.4, 1.4, seed) for who in (candidate, reference))
    assert result.dtype == np.uint8, f"uint8 images came back as {result.dtype}"
    off = result.astype(int) - expected.astype(int)
    assert np.abs(off).max() <= 1, f"a pixel of uint8 images is off by {np.abs(off).max()}"
    assert abs(off.mean()) < 0.25, "pixels of uint8 images are cut off, not rounded"


@criterion(points=5, title="What leaves the range is clipped, and nothing wraps round", zh="超出范围时截断，不回绕")
@pytest.mark.parametrize("dtype", [np.float32, np.uint8])
@pytest.mark.parametrize("strengths", [(0.4, 0.0), (0.0, 1.0)], ids=["brightness", "contrast"])
def test_clipping(candidate, rng, dtype, strengths):
    white = 255 if dtype == np.uint8 else 1
    images = (white * np.linspace(0, 1, 24).reshape(1, 4, 6, 1)).astype(dtype).repeat(12, axis=0)
    result = shown(candidate.color_jitter(images, *strengths, seed_of(rng)), images.shape)
    assert result.dtype == dtype, f"{np.dtype(dtype)} images came back as {result.dtype}"
    low, high, mean = (result[:, 1, 5, 0].astype(float), result[:, 2, 0, 0].astype(float), images[0].mean())
    before = images[0, 1, 5, 0].astype(float), images[0, 2, 0, 0].astype(float)  # next to the mean: never clipped
    assert np.ptp(low if strengths[0] else high - low) > 0.02 * white / 24, "the images are changed alike"
    if strengths[0]:
        expected = images.astype(float) + (low - before[0]).reshape(-1, 1, 1, 1)
    else:
        factors = (high - low) / (before[1] - before[0])
        expected = (images - mean) * factors.reshape(-1, 1, 1, 1) + mean
    expected = np.clip(expected, 0, white)
    if dtype == np.float32:
        assert_close(result.astype(float), expected, rtol=0, atol=1e-4)
    else:  # shift and factor are told from rounded pixels; the factor reaches 12 times as far
        off = np.abs(result - expected).max()
        assert off <= (1.01 if strengths[0] else 14), f"a pixel is off by {off:.0f}"


@criterion(points=3, title="At zero strength nothing changes", zh="强度为零时保持不变")
@pytest.mark.parametrize("name", ["random_crop", "rotate", "random_scale", "color_jitter"])
def test_zero_strength(candidate, rng, name):
    images, seed = coded(rng, 4, 6, 6), seed_of(rng)
    if name == "random_crop":
        kept = candidate.random_crop(images, 6, seed)
        windows(candidate, images, 3, seed)
    elif name == "rotate":
        kept = candidate.rotate(images, 0.0)
        assert_close(candidate.rotate(images, 180.0), images[:, ::-1, ::-1], rtol=1e-4, atol=1e-4)
    elif name == "random_scale":
        kept = candidate.random_scale(images, 1.0, 1.0, seed)
        middle = candidate.random_scale(images, 1e4, 1e4, seed)  # all of it is the four pixels about the centre
        assert_close(
            middle, np.broadcast_to(images[:, 2:4, 2:4].mean(axis=(1, 2), keepdims=True), images.shape), atol=1e-2
        )
    else:
        kept = candidate.color_jitter(images, 0.0, 0.0, seed)
        jittered(candidate, greys(rng, 4, 6, 6, 2), 0.1, 0.1, seed)
    assert_close(kept, images, rtol=1e-4, atol=1e-4)


RANDOM = {
    "random_crop": (3,),
    "horizontal_flip": (0.5,),
    "random_scale": (0.7, 1.4),
    "color_jitter": (0.3, 0.3),
    "augment": (),
}


def seeded(name, seed):
    """The arguments after the images."""
    return (seed, 0.5) if name == "horizontal_flip" else (*RANDOM[name], seed)


@criterion(points=4, title="The seed decides all, and the arguments stay as they were", zh="种子决定一切，参数保持原样")
@pytest.mark.parametrize("name", RANDOM)
def test_seed(candidate, rng, name):
    images, seed = draw(rng, 40, 6, 6, 3), seed_of(rng)
    function = getattr(candidate, name)
    result, after = inputs_after(function, images, *seeded(name, seed))
    assert_close(after[0], images, rtol=0, atol=0)
    assert_close(function(images, *seeded(name, seed)), result)
    other = function(images, *seeded(name, seed + 1))
    assert np.abs(other.astype(float) - result).max() > 1e-3, "two seeds give the same"


@criterion(
    points=4,
    title="augment changes every image in its own way, and leaves what it shows",
    zh="augment 以各自的方式改变图像，而内容仍在",
)
@pytest.mark.parametrize("dtype", [pytest.param(np.float32, marks=public), np.uint8])
@pytest.mark.parametrize("length", [12, 17])
def test_augment(candidate, rng, dtype, length):
    white = 255 if dtype == np.uint8 else 1
    third = length // 3
    image = 0.2 + 0.1 * rng.random((length, length, 3))
    image[third:-third, third:-third] += 0.5
    images = np.tile((white * image).astype(dtype), (40, 1, 1, 1))
    result = shown(candidate.augment(images, seed_of(rng)), images.shape)
    assert result.dtype == dtype, f"{np.dtype(dtype)} images came back as {result.dtype}"
    assert result.min() >= 0 and result.max() <= white, "a pixel has left the range"
    values = result.astype(float) / white
    apart = np.abs(values[:, None] - values).max(axis=(2, 3, 4)) > 0.01
    assert apart.sum() >= 0.9 * 40 * 39, "copies of one image are changed alike: each is to draw its own"
    middle = values[:, third + 1 : -third - 1, third + 1 : -third - 1].mean(axis=(1, 2, 3))
    border = values[:, [0, -1]].mean(axis=(1, 2, 3))
    assert (middle - border > 0.2).all(), "the bright square in the middle of an image is lost"


@criterion(points=3, title="Refuses bad arguments, and only those", zh="拒绝且只拒绝错误的参数")
@pytest.mark.parametrize("name", ["random_crop", "horizontal_flip", "random_scale", "color_jitter"])
def test_bad_arguments(candidate, rng, name):
    images = coded(rng, 3, 5, 7)
    if name == "random_crop":
        for size in (0, -1, 6, 7):
            assert_raises("ValueError", candidate.random_crop, images, size, 0)
        windows(candidate, images, 5, 0)
        windows(candidate, images, 1, 0)
    elif name == "horizontal_flip":
        for probability in (-0.1, 1.1):
            assert_raises("ValueError", candidate.horizontal_flip, images, 0, probability)
        assert_close(candidate.horizontal_flip(images, 0, 1.0), images[:, :, ::-1])
    elif name == "random_scale":
        for low, high in ((0.0, 1.0), (-1.0, 1.0), (1.2, 1.1)):
            assert_raises("ValueError", candidate.random_scale, images, low, high, 0)
        result = candidate.random_scale(slopes(2), 2.0, 2.0, 0)
        assert_close(
            result[:, 4, 3:6, 0], np.tile(np.array([0.5 - 1 / 32, 0.5, 0.5 + 1 / 32], np.float32), (2, 1)), atol=1e-4
        )
    else:
        for strengths in ((-0.1, 0.1), (0.1, -0.1), (1.1, 0.1), (0.1, 1.1)):
            assert_raises("ValueError", candidate.color_jitter, images, *strengths, 0)
        jittered(candidate, greys(rng, 3, 5, 7, 3), 0.2, 0.2, 0)
        strongest = shown(candidate.color_jitter(images, 1.0, 1.0, 0), images.shape)
        assert np.ptp(strongest) > 0.1, "at full strength all is of one colour"
