# /// attack
# title = "allocates without end: in Python, in numpy, in C, on the stack, in maps of every kind"
# aim = "the machine's memory"
# source = "isolate's NEWS 2.6"
# verdict = "memory_limit"
# ///
import numpy as np

from targets import call, library, native


def double(x):
    match x.shape[0]:
        case 1:
            return np.ones(1 << 34, np.uint8)
        case 3:
            kept = []
            while True:
                kept.append(bytearray(1 << 20))
        case 8:
            library.malloc.restype = native.c_void_p
            while True:
                place = library.malloc(native.c_size_t(1 << 20))
                if not place:
                    raise MemoryError
                native.memset(native.c_void_p(place), 1, 1 << 20)
    # A stack that grows without a limit, since its mapping says that it is one.
    while True:
        place = call(9, 0, 64 << 20, 3, 0x122, -1, 0)  # mmap: private, anonymous, growing down
        native.memset(native.c_void_p(place), 1, 64 << 20)


def total(step, times):
    return float(len("x" * (1 << 40)))


def spell(numbers):
    return [0] * (1 << 34)


class Counter:
    def __init__(self, start):
        self.value = 10 ** (10**9)
