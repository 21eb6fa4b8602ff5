# MARKER-OF-THE-REFERENCE


def double(x):
    return x + x


def total(step, times):
    return sum(float(step(i)) for i in range(times))


def spell(numbers):
    return [f"number {n:,}" for n in numbers]


class Counter:
    def __init__(self, start):
        self.value = start

    def add(self, amount):
        self.value += amount
        return self.value
