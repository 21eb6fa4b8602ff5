# /// attack
# title = "hangs in every case, each time in another way"
# aim = "to delay everybody else's answers"
# source = "otter-grader issue 813; evalplus issue 294"
# verdict = "time_limit"
# checked = "the answer's time on the trusted side is its total limit"
# ///
import time

import numpy as np


def double(x):
    while True:
        pass


def total(step, times):
    time.sleep(1000)


def spell(numbers):
    big = np.ones((1500, 1500))
    while True:
        big = big @ big * 1e-3


class Counter:
    def __init__(self, start):
        10 ** (10**8) % 3
        pow(3, 10**7) % 7
        while True:
            time.sleep(0)
