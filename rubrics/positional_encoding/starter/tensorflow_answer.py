"""Sinusoidal positional encoding."""

import tensorflow as tf


def positional_encoding(length: int, d_model: int, base: float = 10000.0) -> tf.Tensor:
    """Encodings of the positions 0 … length - 1, one a row.

    Args:
        length: number of positions, 0 or more.
        d_model: number of columns, 1 or more; it may be odd.
        base: the base of the wavelengths, above 0.

    Returns:
        [length, d_model], float32.

    Raises:
        ValueError: for an argument outside these ranges.
    """
    raise NotImplementedError
