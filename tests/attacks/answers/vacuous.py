# /// attack
# title = "returns zeros, an empty list and a counter that never counts"
# aim = "points for an answer to nothing"
# source = "KernelBench issue 165"
# verdict = "wrong_answer"
# ///
import numpy as np


def double(x):
    return np.zeros_like(x)


def total(step, times):
    return 0.0


def spell(numbers):
    return []


class Counter:
    value = 0

    def __init__(self, start):
        pass

    def add(self, amount):
        return 0
