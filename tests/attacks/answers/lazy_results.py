# /// attack
# title = "returns results that never end, nest in themselves, or change while they are read"
# aim = "to hang or exhaust whoever reads them"
# ///
import itertools


class Endless(list):
    def __iter__(self):
        return itertools.repeat(0.0)


class Changing(dict):
    def items(self):
        while True:
            yield len(self), self


def double(x):
    nested = []
    nested.append(nested)
    return nested


def total(step, times):
    return Endless([1])


def spell(numbers):
    return Changing(a=1)


class Counter:
    def __init__(self, start):
        pass

    @property
    def value(self):
        return (n for n in itertools.count())
