# /// attack
# title = "raises errors with endless text, causes in a circle, groups in groups, and a text that raises"
# aim = "a report that is never done"
# verdict = "runtime_error"
# ///
import sys


class Endless(Exception):
    def __str__(self):
        return "x" * (10 << 20)

    __repr__ = __str__


class Rude(BaseException):
    def __str__(self):
        raise self

    __repr__ = __str__

    @property
    def __traceback__(self):
        raise SystemExit(0)


class Text(str):
    def __getitem__(self, key):
        return ["x"] * 1000


class Lying(Exception):
    def __str__(self):
        return Text("lying")


def deep(n):
    return deep(n - 1) if n else 1 / 0


def double(x):
    match x.shape[0]:
        case 1:
            raise Endless
        case 3:
            raise Lying
        case 8:
            one, other = ValueError("x" * 100_000), KeyError("y" * 100_000)
            one.__cause__, other.__context__ = other, one
            raise one
    group = ExceptionGroup("g", [ValueError("x" * 1000)] * 1000)
    for _ in range(500):
        group = ExceptionGroup("g" * 1000, [group, ValueError()])
    raise group


def total(step, times):
    sys.setrecursionlimit(10**6)
    return deep(20_000)


def spell(numbers):
    raise Rude


class Counter:
    def __init__(self, start):
        raise type("T" * 100_000, (Exception,), {})("\n" * 10_000)
