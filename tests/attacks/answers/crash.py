# /// attack
# title = "crashes its interpreter: a null pointer, endless recursion in C, an abort, a division trap"
# aim = "to bring the grader down with it"
# verdict = "runtime_error"
# ///
import sys

from targets import library, native


class Recursion:
    def __getattr__(self, name):
        return getattr(self, name + "x")


def double(x):
    match x.shape[0]:
        case 1:
            native.string_at(0)
        case 3:
            library.abort()
        case 8:
            library.raise_ = library.raise_ if False else getattr(library, "raise")
            library.raise_(8)
    sys.setrecursionlimit(10**9)
    Recursion().x


def total(step, times):
    code = (lambda: 0).__class__
    sys.setrecursionlimit(10**9)
    nested = []
    for _ in range(10**6):
        nested = [nested]
    return float(repr(nested).count("["))


def spell(numbers):
    library.setjmp = None
    native.memset(native.c_void_p(id(None)), 0, 16)


class Counter:
    def __init__(self, start):
        library.free(native.c_void_p(1234567))
