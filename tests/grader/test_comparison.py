"""What counts as close, and what a mismatch says."""

import sys

import ml_dtypes
import numpy as np
import pytest

from grader.comparison import Comparison, Mismatch, assert_close, watched

X = np.linspace(-2, 2, 12, dtype=np.float32).reshape(3, 4)


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (X, X),
        (X.astype(np.float64), X),
        (X * (1 + 1e-6), X),
        (X.astype(ml_dtypes.bfloat16), X.astype(ml_dtypes.bfloat16)),
        (np.array([np.inf, -np.inf]), np.array([np.inf, -np.inf])),
        (3, np.float64(3)),
        (2.5, np.array(2.5, np.float32)),
        ((X, [X]), (X, [X])),
        ({"a": X}, {"a": X}),
        ([1, 2], [1, 2]),
        (np.array([1.0, 2.0]), np.array([1, 2])),
        (np.array([True, False]), np.array([True, False])),
        (np.zeros((0, 3)), np.zeros((0, 3))),
        (np.array([1 + 2j]), np.array([1 + 2j])),
    ],
)
def test_close(actual, expected):
    assert_close(actual, expected)


@pytest.mark.parametrize(
    ("actual", "expected", "sentence"),
    [
        (X + 1e-3, X, "differs at"),
        (X[:2], X, r"has shape \(2, 4\), expected \(3, 4\)"),
        (X.astype(np.float16), X, "has dtype float16, less precise than float32"),
        (X.astype(np.int64), X, "has dtype int64, expected float32"),
        (np.full_like(X, np.nan), X, "differs at .*got nan"),
        (np.full_like(X, np.inf), X, "differs at .*got inf"),
        (np.array([np.inf]), np.array([-np.inf]), "got inf, expected -inf"),
        (np.array([1e300]), np.array([np.inf]), "expected inf"),
        (np.array([1.5]), np.array([1]), "and fractions"),
        (np.array([2]), np.array([1]), "got 2, expected 1"),
        (np.array([True]), np.array([False]), "differs"),
        (None, X, "is None, not an array"),
        ("text", X, "is a str, not an array"),
        ((X,), (X, X), "is not a sequence of 2"),
        ({"b": X}, {"a": X}, r"has not the keys \['a'\]"),
        ((X, X + 1), (X, X), r"result\[1\] differs"),
        (np.array([np.nan]), np.array([np.nan]), "got nan, expected nan"),
    ],
)
def test_a_mismatch_says_what_and_where(actual, expected, sentence):
    with pytest.raises(Mismatch, match=sentence):
        assert_close(actual, expected)


def test_the_worst_element_is_named_with_its_distance():
    actual = X.copy()
    actual[1, 2] += 0.5
    actual[2, 3] += 0.1
    with pytest.raises(Mismatch) as caught:
        assert_close(actual, X)
    assert str(caught.value) == (
        "the result differs at [1, 2]: got 0.681818, expected 0.181818 (0.5 off, 275 %, 2.31e+07 ULP of float32; "
        "tolerance 0.002 % + 2e-06); 2 of 12 elements differ"
    )
    assert caught.value.public == "the result differs from the expected values"


def test_a_tolerance_that_is_given_is_used():
    assert_close(X + 0.05, X, rtol=0, atol=0.1)
    with pytest.raises(Mismatch):
        assert_close(X + 0.2, X, rtol=0, atol=0.1)


@pytest.mark.parametrize("value", [np.array([None]), np.array(["a"])])
def test_an_array_of_objects_is_a_mismatch(value):
    with pytest.raises(Mismatch):
        assert_close(value, np.array([1.0]))


def test_a_watcher_learns_the_line_and_how_far_apart_values_are():
    seen = []
    with watched(seen.append, __file__):
        line = sys._getframe().f_lineno + 1
        assert_close(np.array([1.5, 4.0, np.inf]), np.array([1.0, 4.0, np.inf]), rtol=0, atol=1)
    assert seen == [Comparison(line, 0, 1, bits=53, used=0.5, grain=4 * 2**-52, apart=0.125)]


@pytest.mark.parametrize("actual", [np.array([1.0, np.nan]), np.array([1.0, np.inf])])
def test_a_watcher_learns_of_what_no_tolerance_allows(actual):
    seen = []
    with watched(seen.append, __file__), pytest.raises(Mismatch):
        assert_close(actual, np.array([1.0, 0.0]))
    [comparison] = seen
    assert (comparison.used, comparison.apart) == (np.inf, np.inf)
    assert comparison.grain == pytest.approx(2**-52 / (1e-9 + 1e-12))


def test_a_watcher_learns_nothing_of_equalities_nor_of_other_files():
    seen = []
    with watched(seen.append, __file__):
        assert_close(np.array([1, 2]), np.array([1, 2]))
        assert_close(X, X, rtol=0, atol=0)
    with watched(seen.append, "rubric.py"):
        assert_close(X, X)
    assert_close(X, X)
    assert seen == []
