import numpy as np


def positional_encoding(length, d_model, base=10000.0):
    if length < 0:
        raise ValueError("length must not be negative")
    if d_model < 1:
        raise ValueError("d_model must be at least 1")
    if base <= 0:
        raise ValueError("base must be positive")

    # One complex rotation per pair of columns: its imaginary part is the sine, its real part the cosine.
    pairs = (d_model + 1) // 2
    speed = np.power(float(base), -2.0 * np.arange(pairs) / d_model)
    rotation = np.exp(1j * np.outer(np.arange(length), speed))

    table = np.empty((length, 2 * pairs), dtype=np.float32)
    table[:, 0::2] = rotation.imag
    table[:, 1::2] = rotation.real
    return table[:, :d_model]
