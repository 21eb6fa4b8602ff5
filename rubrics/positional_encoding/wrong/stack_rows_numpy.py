# /// wrong
# framework = "numpy"
# loses = ["test_length_zero"]
# diagnosis = "rows are built one by one and stacked, which fails where there is none"
# diagnosis_zh = "逐行构造再堆叠，长度为 0 时无行可堆叠"
# ///

import math

import numpy as np


def positional_encoding(length, d_model, base=10000.0):
    if length < 0 or d_model < 1 or base <= 0:
        raise ValueError("need length >= 0, d_model >= 1 and base > 0")
    rows = []
    for position in range(length):
        row = []
        for column in range(d_model):
            angle = position / base ** ((column - column % 2) / d_model)
            row.append(math.sin(angle) if column % 2 == 0 else math.cos(angle))
        rows.append(np.array(row, dtype=np.float32))
    return np.stack(rows)
