"""A rubric of the usual small size: eight cases."""

import numpy as np
import pytest

from grader.rubric import assert_close, assert_gradients_close, criterion


def draw(rng, tq, tk, d):
    return tuple(rng.normal(size=(2, t, d)).astype(np.float32) for t in (tq, tk, tk))


@criterion(points=60, title="Matches the reference")
@pytest.mark.parametrize("tq, tk, d", [(5, 5, 8), (3, 7, 4), (6, 2, 16), (1, 9, 64)])
def test_matches_reference(candidate, reference, rng, tq, tk, d):
    q, k, v = draw(rng, tq, tk, d)
    assert_close(candidate.attention(q, k, v), reference.attention(q, k, v))


@criterion(points=20, title="Masked keys take no part")
@pytest.mark.parametrize("kept", [1, 4])
def test_mask(candidate, rng, kept):
    q, k, v = draw(rng, 3, 6, 8)
    mask = np.arange(6) < kept
    assert_close(candidate.attention(q, k, v, mask), candidate.attention(q, k[:, :kept], v[:, :kept]))


@criterion(points=20, title="Gradients match the reference")
@pytest.mark.parametrize("tq, tk", [(4, 4), (2, 5)])
def test_gradients(candidate, reference, rng, tq, tk):
    assert_gradients_close(candidate.attention, reference.attention, *draw(rng, tq, tk, 8), wrt=(0, 1, 2))
