# /// wrong
# framework = "numpy"
# loses = ["test_odd_d_model"]
# diagnosis = "an odd d_model is not provided for: one cosine too many"
# diagnosis_zh = "没有考虑奇数 d_model：多出一列余弦"
# ///

import numpy as np


def positional_encoding(length, d_model, base=10000.0):
    if length < 0 or d_model < 1 or base <= 0:
        raise ValueError("need length >= 0, d_model >= 1 and base > 0")
    position = np.arange(length)[:, None]
    frequency = np.exp(-np.log(base) * np.arange(0, d_model, 2) / d_model)
    table = np.zeros((length, d_model), dtype=np.float32)
    if length == 0:
        return table
    table[:, 0::2] = np.sin(position * frequency)
    table[:, 1::2] = np.cos(position * frequency)
    return table
