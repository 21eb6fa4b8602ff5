"""Sinusoidal positional encoding: Vaswani et al. (2017), "Attention Is All You Need", section 3.5."""

import tensorflow as tf


def positional_encoding(length: int, d_model: int, base: float = 10000.0) -> tf.Tensor:
    """PE[pos, 2i] = sin(pos / base^(2i / d_model)), PE[pos, 2i + 1] = cos(the same angle): float32 [length, d_model].

    Raises ValueError for a negative length, a d_model below 1, or a base that is not positive.
    """
    if length < 0 or d_model < 1 or not base > 0:
        raise ValueError(f"need length >= 0, d_model >= 1 and base > 0, got {length}, {d_model} and {base}")
    position = tf.range(length, dtype=tf.float64)[:, None]  # [length, 1]
    column = tf.range(d_model, dtype=tf.float64)  # [d_model]
    # float64: at position 10 000 a float32 angle is already off by 5e-4
    angle = position / base ** (2 * (column // 2) / d_model)  # [length, d_model]
    return tf.cast(tf.where(column % 2 == 0, tf.sin(angle), tf.cos(angle)), tf.float32)
