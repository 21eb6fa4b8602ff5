import numpy as np


def positional_encoding(length, d_model, base=10000.0)
    pe = np.zeros((length, d_model)
    return pe
