import numpy as np


def positional_encoding(length, d_model, base=10000.0):
    if length < 0 or d_model < 1:
        raise ValueError("length must be >= 0 and d_model >= 1")
    pos = np.arange(length, dtype=np.float32)
    pe = np.zeros((length, d_model), dtype=np.float32)
    for i in range(0, d_model, 2):
        # everything in float32, so far positions lose digits
        angle = pos * np.float32(base ** (-i / d_model))
        pe[:, i] = np.sin(angle)
        if i + 1 < d_model:
            pe[:, i + 1] = np.cos(angle)
    return pe
