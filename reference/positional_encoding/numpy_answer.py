"""Sinusoidal positional encoding: Vaswani et al. (2017), "Attention Is All You Need", section 3.5."""

import numpy as np


def positional_encoding(length: int, d_model: int, base: float = 10000.0) -> np.ndarray:
    """PE[pos, 2i] = sin(pos / base^(2i / d_model)), PE[pos, 2i + 1] = cos(the same angle): float32 [length, d_model].

    Raises ValueError for a negative length, a d_model below 1, or a base that is not positive.
    """
    if length < 0 or d_model < 1 or not base > 0:
        raise ValueError(f"need length >= 0, d_model >= 1 and base > 0, got {length}, {d_model} and {base}")
    position = np.arange(length, dtype=np.float64)[:, None]  # [length, 1]
    column = np.arange(d_model)  # [d_model]
    # float64: at position 10 000 a float32 angle is already off by 5e-4
    angle = position / base ** (2 * (column // 2) / d_model)  # [length, d_model]
    return np.where(column % 2 == 0, np.sin(angle), np.cos(angle)).astype(np.float32)
