# /// attack
# title = "guesses the run's seed and draws the hidden inputs itself"
# aim = "the values that the rubric will ask for, before it asks"
# source = "pygpubench"
# verdict = "wrong_answer"
# ///
import hashlib

import numpy as np

GUESSES = [0, 1, 5, 42, 123, 1234, 2024, 2025, 2026, 31337, 2**31 - 1, 2**32 - 1]
state = np.random.get_state()[1]
print("generator", int(state[0]), int(state[1]))


def draw(case, seed):
    return np.random.default_rng(int.from_bytes(hashlib.sha256(f"target\0{case}\0{seed}".encode()).digest()))


def total(step, times):
    for seed in [*GUESSES, int(state[0]), int(np.random.randint(2**31))]:
        values = draw(f"test_total[{times}]", seed).normal(size=times).tolist()
        if values[0] == step(0):
            return sum(values)
    return 0.0


class Counter:
    def __init__(self, start):
        self.value = 0
        for seed in GUESSES:
            self.value = int(draw("test_counter[2]", seed).integers(1000))
            if self.value == start:
                break

    def add(self, amount):
        return self.value
