"""Exact bounds for what is random. A correct answer is failed with probability below `FALSE_ALARM`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from grader.evidence import bounds
from grader.report.model import Bounds

__tracebackhide__ = True  # a failure is shown where the rubric asserts

Array = np.ndarray[Any, Any]

FALSE_ALARM = 1e-9


class Unlikely(AssertionError):
    """Draws were seen as often as chance all but excludes; `bounds` are those of all outcomes."""

    def __init__(self, message: str, bounds: Bounds) -> None:
        super().__init__(message)
        self.bounds = bounds


watcher: Callable[[float], None] | None = None
"""Is told the probability with which each assertion fails a right answer, while `grader check` counts them."""


def assert_proportion(successes: int, trials: int, probability: float) -> None:
    """`successes` of `trials` independent draws agree with `probability`.

    The bounds are the exact binomial's (Clopper and Pearson, Biometrika 26, 1934): each tail is cut at half of
    `FALSE_ALARM`.
    """
    _tell(FALSE_ALARM)
    _within(np.array([successes]), int(trials), np.array([probability]), "proportion")


def assert_frequencies(counts: Sequence[int] | Any, probabilities: Sequence[float] | Any) -> None:
    """A table of `counts` of independent draws agrees with `probabilities` (of the same length, sum 1).

    Each entry is held to its exact binomial bounds, with the false alarm shared out among them (Bonferroni).
    """
    counts, probabilities = np.asarray(counts), np.asarray(probabilities, float)
    if counts.shape != probabilities.shape:
        raise AssertionError(f"there are {counts.size} counts for {probabilities.size} probabilities")
    _tell(FALSE_ALARM)
    _within(counts.ravel(), int(counts.sum()), np.minimum(probabilities.ravel(), 1.0), "frequency of {}")


def _tell(alarm: float) -> None:
    if watcher:
        watcher(alarm)


def _within(counts: Array, trials: int, probabilities: Array, what: str) -> None:
    from scipy.stats import binom  # slow to import, and few rubrics need it

    tail = FALSE_ALARM / counts.size / 2
    low, high = binom.ppf(tail, trials, probabilities), binom.isf(tail, trials, probabilities)
    for i in np.flatnonzero((counts < low) | (counts > high)):
        raise Unlikely(
            f"the {what.format(i)} is {int(counts[i])} of {trials} ({counts[i] / max(trials, 1):.4g}), expected "
            f"{probabilities[i]:.4g} (between {int(low[i])} and {int(high[i])})",
            bounds(counts, low, high, trials),
        )
