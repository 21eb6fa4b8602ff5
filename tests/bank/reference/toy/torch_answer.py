"""The toy question in torch."""


def double(x):
    if x is None:
        raise ValueError("x is None")
    return x + x


def count(step, times):
    return sum(float(step(i)) for i in range(times))


class Counter:
    def __init__(self, start):
        self.value = start

    def add(self, amount):
        self.value += amount
        return self.value
