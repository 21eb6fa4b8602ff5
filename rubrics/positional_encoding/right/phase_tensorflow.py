# /// right
# framework = "tensorflow"
# style = "a cosine is a sine with a phase; keras.ops"
# ///

import math

import numpy as np
from keras import ops


def positional_encoding(length, d_model, base=10000.0):
    if length < 0 or d_model < 1 or base <= 0:
        raise ValueError("bad arguments")
    column = np.arange(d_model)
    frequency = np.exp(-math.log(base) * (column // 2 * 2) / d_model)
    angle = np.arange(length, dtype=np.float64)[:, None] * frequency + (column % 2) * (math.pi / 2)
    return ops.cast(ops.sin(ops.convert_to_tensor(angle, dtype="float64")), "float32")
