# /// attack
# title = "ends its process while its result is being read"
# aim = "half a reply is taken for a whole one"
# verdict = "runtime_error"
# refused = true
# ///
import numpy as np
import os as _os

leave = getattr(_os, "_ex" + "it")


class Result(np.ndarray):
    @property
    def dtype(self):
        leave(0)

    def __array__(self, *args, **kwargs):
        leave(0)


class Items(list):
    def __iter__(self):
        leave(0)


def double(x):
    return (x + 1).view(Result)


def total(step, times):
    return Items([0.0])


def spell(numbers):
    return Items(numbers)
