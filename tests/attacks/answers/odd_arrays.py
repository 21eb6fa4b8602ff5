# /// attack
# title = "returns arrays of odd kinds: objects, structures, dates, long doubles, negative strides, readonly and huge views"
# aim = "a kind that is compared by calling it, or that is read past its end"
# verdict = "wrong_answer"
# ///
import numpy as np


class Element:
    def __float__(self):
        return 0.0

    def __eq__(self, other):
        return True


ODD = [
    lambda x: np.full(x.shape, Element(), object),
    lambda x: np.zeros(x.shape, [("a", np.float32), ("b", np.int8)]),
    lambda x: np.zeros(x.shape, "datetime64[s]"),
    lambda x: np.zeros(x.shape, np.longdouble),
    lambda x: np.lib.stride_tricks.as_strided(np.zeros(1, np.float32), (1 << 33,), (0,)),
    lambda x: np.lib.stride_tricks.as_strided(np.zeros(1, np.float32), (1 << 20,), (4096,)),
    lambda x: np.zeros(x.shape, ">f4")[::-1],
    lambda x: np.zeros(x.shape, "S100"),
    lambda x: np.zeros((), np.float32)[()],
    lambda x: np.zeros(x.shape, "V7"),
]
calls = iter(ODD * 10)
seen = {1: 0, 3: 4, 8: 5, 2: 9}


def double(x):
    return ODD[seen.get(x.shape[0], 0)](x)


def total(step, times):
    return ODD[times % len(ODD)](np.zeros(1))


def spell(numbers):
    return [odd(np.zeros(2)) for odd in ODD if odd is not ODD[4]]
