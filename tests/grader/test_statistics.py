"""Exact bounds: a right generator passes for every seed tried, a wrong one does not."""

import numpy as np
import pytest
from scipy.stats import binom

from grader.statistics import FALSE_ALARM, assert_frequencies, assert_proportion


@pytest.mark.parametrize("probability", [0.0, 0.001, 0.15, 0.5, 0.999, 1.0])
def test_a_right_proportion_passes(probability):
    rng = np.random.default_rng(3)
    for _ in range(200):
        assert_proportion(int(rng.binomial(5000, probability)), 5000, probability)


@pytest.mark.parametrize(("probability", "wrong"), [(0.15, 0.2), (0.8, 0.7), (0.1, 0.15), (0.0, 0.001), (1.0, 0.999)])
def test_a_wrong_proportion_fails(probability, wrong):
    with pytest.raises(AssertionError, match="expected"):
        assert_proportion(round(20_000 * wrong), 20_000, probability)


@pytest.mark.parametrize(("trials", "probability"), [(10, 0.5), (1000, 0.15), (100_000, 0.01)])
def test_the_false_alarm_is_below_what_is_promised(trials, probability):
    alarm = 0.0
    for count in range(trials + 1):
        if binom.pmf(count, trials, probability) < 1e-30:
            continue
        try:
            assert_proportion(count, trials, probability)
        except AssertionError:
            alarm += binom.pmf(count, trials, probability)
    assert alarm <= FALSE_ALARM


def test_frequencies():
    probabilities = np.array([0.5, 0.3, 0.2, 0.0])
    rng = np.random.default_rng(0)
    assert_frequencies(rng.multinomial(10_000, probabilities), probabilities)
    with pytest.raises(AssertionError, match="frequency of 3"):
        assert_frequencies([5000, 3000, 1999, 1], probabilities)
    with pytest.raises(AssertionError, match="3 counts for 4"):
        assert_frequencies([1, 2, 3], probabilities)
