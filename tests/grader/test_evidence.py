"""What is kept of a failed comparison: a part small enough to draw, with what differs most in it."""

import numpy as np
import pytest

from grader.comparison import Mismatch, assert_close
from grader.evidence import window
from grader.statistics import Unlikely, assert_frequencies


def test_the_window_lies_around_the_element_that_differs_most():
    expected = np.zeros((3, 40, 50), np.float32)
    actual = expected.copy()
    actual[1, 20, 49] = 0.5
    actual[2, 3, 3] = 0.1
    found = window(actual, expected, np.full(expected.shape, 0.25))
    assert (found.shape, found.corner) == ((3, 40, 50), (1, 14, 38))
    assert (len(found.got), len(found.got[0])) == (12, 12)
    assert (found.got[6][11], found.expected[6][11], found.off[6][11]) == ("0.5", "0", 2)
    assert sum(map(sum, found.off)) == 2


@pytest.mark.parametrize("shape", [(), (3,), (100,), (1, 1), (2, 0, 3, 5)])
def test_every_shape_has_a_window(shape):
    actual, expected = np.ones(shape), np.zeros(shape)
    if actual.size:
        found = window(actual, expected, np.ones(shape))
        assert found.shape == shape
        assert len(found.corner) == len(shape)
        assert {cell for row in found.got for cell in row} == {"1"}


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (np.array([1.0, np.nan]), np.array([1.0, 2.0])),
        (np.array([1.0, np.inf]), np.array([1.0, -np.inf])),
        (np.array([3, 0], np.uint8), np.array([3, 255], np.uint8)),
        (np.array([True, False]), np.array([True, True])),
        (np.array([1j, 2j]), np.array([1j, 3j])),
    ],
)
def test_the_element_that_fails_is_told_from_the_one_that_does_not(actual, expected):
    with pytest.raises(Mismatch) as failed:
        assert_close(actual, expected)
    (right, wrong), *_ = window(*failed.value.arrays).off
    assert right == 0
    assert wrong > 1


def test_draws_are_kept_with_what_chance_allows():
    with pytest.raises(Unlikely) as failed:
        assert_frequencies([500, 0, 500], [1 / 3, 1 / 3, 1 / 3])
    found = failed.value.bounds
    assert (found.found, found.trials) == ((500, 0, 500), 1000)
    assert found.low[1] > 0
    assert found.high[0] < 500
