# /// attack
# title = "returns memory that nobody has written to"
# aim = "the reference's result, where its memory is used again"
# source = "Sakana AI's CUDA engineer; KernelBench PR 82"
# verdict = "wrong_answer"
# ///
import numpy as np


def double(x):
    left = np.empty_like(x)
    for _ in range(100):
        other = np.empty_like(x)
        if other.any() and not np.array_equal(other, x) and not np.array_equal(other, left):
            left = other
    return left
