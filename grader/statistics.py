"""Exact bounds for what is random. A correct answer is failed with probability below `FALSE_ALARM`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

__tracebackhide__ = True  # a failure is shown where the rubric asserts

FALSE_ALARM = 1e-9


watcher: Callable[[float], None] | None = None
"""Is told the probability with which each assertion fails a right answer, while `grader check` counts them."""


def assert_proportion(successes: int, trials: int, probability: float) -> None:
    """`successes` of `trials` independent draws agree with `probability`.

    The bounds are the exact binomial's (Clopper and Pearson, Biometrika 26, 1934): each tail is cut at half of
    `FALSE_ALARM`.
    """
    _tell(FALSE_ALARM)
    _within(int(successes), int(trials), float(probability), FALSE_ALARM, "proportion")


def assert_frequencies(counts: Sequence[int] | Any, probabilities: Sequence[float] | Any) -> None:
    """A table of `counts` of independent draws agrees with `probabilities` (of the same length, sum 1).

    Each entry is held to its exact binomial bounds, with the false alarm shared out among them (Bonferroni).
    """
    counts, probabilities = np.asarray(counts), np.asarray(probabilities, float)
    if counts.shape != probabilities.shape:
        raise AssertionError(f"there are {counts.size} counts for {probabilities.size} probabilities")
    _tell(FALSE_ALARM)
    total = int(counts.sum())
    for i, (count, probability) in enumerate(zip(counts.ravel(), probabilities.ravel(), strict=True)):
        _within(int(count), total, float(min(probability, 1.0)), FALSE_ALARM / counts.size, f"frequency of {i}")


def _tell(alarm: float) -> None:
    if watcher:
        watcher(alarm)


def _within(successes: int, trials: int, probability: float, alarm: float, what: str) -> None:
    from scipy.stats import binom  # slow to import, and few rubrics need it

    low, high = binom.ppf(alarm / 2, trials, probability), binom.isf(alarm / 2, trials, probability)
    assert low <= successes <= high, (
        f"the {what} is {successes} of {trials} ({successes / max(trials, 1):.4g}), expected {probability:.4g} "
        f"(between {int(low)} and {int(high)})"
    )
