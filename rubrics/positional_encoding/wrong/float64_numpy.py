# /// wrong
# framework = "numpy"
# loses = ["test_float32"]
# diagnosis = "the result is left in float64"
# diagnosis_zh = "结果停留在 float64"
# ///

import numpy as np


def positional_encoding(length, d_model, base=10000.0):
    if length < 0 or d_model < 1 or base <= 0:
        raise ValueError("need length >= 0, d_model >= 1 and base > 0")
    column = np.arange(d_model)
    angle = np.arange(length)[:, None] / np.power(base, 2 * (column // 2) / d_model)
    angle[:, 0::2] = np.sin(angle[:, 0::2])
    angle[:, 1::2] = np.cos(angle[:, 1::2])
    return angle
