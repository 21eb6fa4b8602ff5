"""What to look for in skip-gram with negative sampling.

A rubric is a pytest file. It runs on the trusted side: `candidate` and `reference` are stand-ins whose calls go to the
answer's process, and what comes back is plain data.
"""

import numpy as np
import pytest

from grader.rubric import (
    assert_close,
    assert_frequencies,
    assert_gradients_close,
    assert_raises,
    criterion,
    public,
)

COUNTS = np.array([900, 50, 0, 5, 200, 30])


def vectors(rng, batch, negatives, width, dtype=np.float32):
    """(center [B, D], context [B, D], negatives [B, K, D])"""
    shapes = (batch, width), (batch, width), (batch, negatives, width)
    return tuple(rng.normal(size=shape).astype(dtype) for shape in shapes)


# Numeric: the same values as the reference. A criterion earns its points in proportion to the cases that pass, so each
# case is worth a third of them here. `rng` is seeded alike for every candidate. What it draws is hidden, but for the
# case that is marked public: candidates may try that one, and see it in full.
@criterion(points=25, title="The loss matches the reference", zh="损失与参考实现一致")
@pytest.mark.parametrize(
    ("batch", "negatives", "width"), [pytest.param(5, 3, 8, marks=public), (1, 1, 4), (32, 10, 16)]
)
def test_matches_reference(candidate, reference, rng, batch, negatives, width):
    arguments = vectors(rng, batch, negatives, width)
    assert_close(candidate.negative_sampling_loss(*arguments), reference.negative_sampling_loss(*arguments))


# Where a value is known in closed form, say it here: the reference is then held to it too.
@criterion(points=10, title="The loss is right at inner products of ±1000", zh="内积为 ±1000 时损失正确")
@pytest.mark.parametrize("case", range(3))
def test_large_products(candidate, rng, case):
    center = np.full((4, 2), 25, np.float32)
    context, negatives = (np.float32(20) * rng.choice([-1, 1], size=(*n, 1)) for n in ((4,), (4, 3)))
    context, negatives = (np.repeat(x, 2, axis=-1).astype(np.float32) for x in (context, negatives))
    positive, negative = 50 * context[:, 0], 50 * negatives[..., 0]  # each of them 1000 or -1000
    expected = np.mean(np.maximum(-positive, 0) + np.maximum(negative, 0).sum(axis=-1))
    assert_close(candidate.negative_sampling_loss(center, context, negatives), expected, rtol=1e-5, atol=1e-5)


# Gradient: of a random projection of the output, with respect to the arguments at these positions. There are none in
# numpy: `frameworks` restricts a criterion, and another one must make up for its points elsewhere.
@criterion(
    points=20, title="Its gradients match the reference", zh="梯度与参考实现一致", frameworks=("torch", "tensorflow")
)
@pytest.mark.parametrize("negatives", [1, 5])
def test_gradients(candidate, reference, rng, negatives):
    arguments = vectors(rng, 4, negatives, 6)
    assert_gradients_close(
        candidate.negative_sampling_loss, reference.negative_sampling_loss, *arguments, wrt=(0, 1, 2)
    )


# The default tolerances come from the dtypes: 1e-9 here. A float32 result would fail whatever its value.
@criterion(points=20, title="float64 is kept", zh="保持 float64 精度", frameworks=("numpy",))
@pytest.mark.parametrize("negatives", [1, 5])
def test_float64(candidate, reference, rng, negatives):
    arguments = vectors(rng, 4, negatives, 6, np.float64)
    assert_close(candidate.negative_sampling_loss(*arguments), reference.negative_sampling_loss(*arguments))


# Property (metamorphic): how the output must answer to a change of the input, with no expected value at all. A constant
# stays as it was too, so ask for a change as well, and for one that no unlucky draw makes small.
@criterion(points=10, title="A loss of inner products alone: rotations leave it as it was", zh="旋转所有向量，损失不变")
@pytest.mark.parametrize("width", [2, 7])
def test_rotation(candidate, rng, width):
    center, context, negatives = vectors(rng, 6, 4, width)
    rotation = np.linalg.qr(rng.normal(size=(width, width)))[0].astype(np.float32)
    loss = candidate.negative_sampling_loss(center, context, negatives)
    turned = candidate.negative_sampling_loss(center @ rotation, context @ rotation, negatives @ rotation)
    assert_close(turned, loss, rtol=1e-4)
    like, opposite = (candidate.negative_sampling_loss(center, side * center, 0 * negatives) for side in (1, -1))
    assert like < opposite - 1e-3, "a context that is like the center costs as much as its opposite"


def drawn(candidate, counts, size, seed):
    """Ids that may be used as indices. What an answer gave is looked at before it is used: this is your side."""
    ids = candidate.sample_negatives(counts, size, seed)
    assert ids.shape == (size,), f"shape {ids.shape} in place of {(size,)}"
    assert ids.dtype == np.int64, f"the ids are {ids.dtype}, not int64"
    assert ((ids >= 0) & (ids < len(counts))).all(), "an id lies outside 0 … V - 1"
    return ids


# Statistical: the bounds are exact, and fail a right answer with a probability below 1e-9. Draw enough that a wrong one
# lies outside them. An id of probability 0 must never be drawn.
@criterion(points=15, title="Ids are drawn as often as counts ** 0.75 says", zh="抽样频率与 counts ** 0.75 一致")
@pytest.mark.parametrize("case", range(2))
def test_frequencies(candidate, rng, case):
    weights = rng.permutation(COUNTS)
    ids = drawn(candidate, weights, 20_000, int(rng.integers(1000)))
    assert_frequencies(np.bincount(ids, minlength=len(weights)), weights**0.75 / np.sum(weights**0.75))


# All or nothing: half of this is worth nothing.
@criterion(points=10, title="The seed decides the draw", zh="种子决定抽样", partial=False)
@pytest.mark.parametrize("size", [40, 1000])
def test_seed(candidate, size):
    first = drawn(candidate, COUNTS, size, 3)
    assert np.array_equal(drawn(candidate, COUNTS, size, 3), first), "the same seed gives other ids"
    assert not np.array_equal(drawn(candidate, COUNTS, size, 4), first), "another seed gives the same ids"


# Bad arguments must raise, and good ones must not: an answer that always raises earns nothing here.
@criterion(points=10, title="Refuses bad arguments, and only those", zh="拒绝且只拒绝错误的参数")
@pytest.mark.parametrize("bad", ["rows", "width", "rank", "negative", "zero", "size"])
def test_bad_arguments(candidate, reference, rng, bad):
    center, context, negatives = vectors(rng, 4, 3, 5)
    match bad:
        case "rows":
            assert_raises("ValueError", candidate.negative_sampling_loss, center, context[:1], negatives)
        case "width":
            assert_raises("ValueError", candidate.negative_sampling_loss, center[:, :1], context, negatives)
        case "rank":
            assert_raises("ValueError", candidate.negative_sampling_loss, center, context, negatives[0])
        case "negative":
            assert_raises("ValueError", candidate.sample_negatives, COUNTS - 1, 3, 0)
        case "zero":
            assert_raises("ValueError", candidate.sample_negatives, 0 * COUNTS, 3, 0)
        case "size":
            assert_raises("ValueError", candidate.sample_negatives, COUNTS, 0, 0)
    expected = reference.negative_sampling_loss(center, context, negatives)
    assert_close(candidate.negative_sampling_loss(center, context, negatives), expected)
    assert drawn(candidate, COUNTS, 500, 0).any(), "of 500 ids, all are the first"
    drawn(candidate, COUNTS, 1, 0)
