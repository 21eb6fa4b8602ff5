# /// right
# framework = "numpy"
# style = "one element at a time, with math"
# ///

import math

import numpy as np


def positional_encoding(length, d_model, base=10000.0):
    if length < 0 or d_model <= 0 or base <= 0:
        raise ValueError("length, d_model or base")
    table = np.empty((length, d_model), dtype=np.float32)
    for position in range(length):
        for column in range(d_model):
            angle = position / math.pow(base, (column - column % 2) / d_model)
            table[position, column] = math.cos(angle) if column % 2 else math.sin(angle)
    return table
