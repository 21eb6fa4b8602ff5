# /// attack
# title = "returns NaN, infinities and signed zeros"
# aim = "a comparison that NaN slips through"
# verdict = "wrong_answer"
# ///
import numpy as np


def double(x):
    return np.full_like(x, np.nan)


def total(step, times):
    return float("nan")


def spell(numbers):
    return [float("nan")] * len(numbers)


class Counter:
    value = float("nan")

    def __init__(self, start):
        pass

    def add(self, amount):
        return float("inf")
