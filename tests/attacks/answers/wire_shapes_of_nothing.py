# /// attack
# title = "returns empty arrays of immense shapes, and arrays of thirty dimensions"
# aim = "to make the trusted side allocate for a sum over nothing, or print for hours"
# verdict = "wrong_answer"
# ///
import numpy as np


def double(x):
    return {1: np.zeros((0, 1 << 40), np.float32), 3: np.zeros((2,) * 21, np.int8)}.get(x.shape[0], np.zeros((1,) * 32))


def total(step, times):
    return np.zeros((), np.float16)


def spell(numbers):
    return np.zeros((2,) * 21, np.int8)


class Counter:
    value = np.zeros((2,) * 21, np.int8)

    def __init__(self, start):
        pass
