# /// attack
# title = "hangs where Python cannot be interrupted: a regular expression, a sort, a huge power, a lock"
# aim = "a time limit that asks the answer to stop"
# verdict = "time_limit"
# ///
import re
import threading


def double(x):
    return re.match(r"(a+)+$", "a" * 40 + "b")


def total(step, times):
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()


def spell(numbers):
    return [str(i) for i in range(10**12)]


class Counter:
    def __init__(self, start):
        self.value = 7 ** (7**9)
