"""Multi-head attention: Vaswani et al. (2017), "Attention Is All You Need", section 3.2."""

import math
from collections.abc import Sequence

import tensorflow as tf


def scaled_dot_product_attention(
    q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, mask: tf.Tensor | None = None
) -> tuple[tf.Tensor, tf.Tensor]:
    """softmax(q kᵀ / sqrt(d)) v, equation 1.

    Args:
        q: queries [..., Tq, d].
        k: keys [..., Tk, d].
        v: values [..., Tk, dv]; leading dimensions broadcast.
        mask: boolean, broadcastable to [..., Tq, Tk]; True where a query may attend to a key.

    Returns:
        Output [..., Tq, dv] and weights [..., Tq, Tk]; both 0 for a query that may attend to nothing.

    Raises:
        ValueError: where depths, lengths or the mask do not fit.
    """
    if q.shape[-1] != k.shape[-1] or k.shape[-2] != v.shape[-2]:
        raise ValueError(f"q {q.shape}, k {k.shape} and v {v.shape} do not fit together")
    scores = tf.matmul(q, k, transpose_b=True) / math.sqrt(k.shape[-1])  # [..., Tq, Tk]
    if mask is None:
        mask = tf.ones(scores.shape[-2:], dtype=tf.bool)
    if not _broadcasts(mask.shape, scores.shape):
        raise ValueError(f"a mask {mask.shape} does not broadcast to the scores {scores.shape}")
    # the lowest finite number, not -inf: a row without a key then gives no NaN, nor does its gradient
    weights = tf.nn.softmax(tf.where(mask, scores, scores.dtype.min)) * tf.cast(mask, scores.dtype)
    return weights @ v, weights


def multi_head_attention(
    query: tf.Tensor,
    key: tf.Tensor,
    value: tf.Tensor,
    params: dict[str, tf.Tensor],
    num_heads: int,
    mask: tf.Tensor | None = None,
) -> tf.Tensor:
    """concat(head_1, …, head_h) wo + bo, where head_i attends with the i-th slice of the projections, section 3.2.2.

    Args:
        query: [B, Tq, D].
        key: [B, Tk, D].
        value: [B, Tk, D].
        params: wq, wk, wv, wo [D, D], applied as x @ w, and bq, bk, bv, bo [D].
        num_heads: a divisor of D.
        mask: boolean, broadcastable to [B, num_heads, Tq, Tk].

    Returns:
        [B, Tq, D].

    Raises:
        ValueError: where num_heads does not divide D, or shapes do not fit.
    """
    batch, length, d_model = query.shape
    if num_heads < 1 or d_model % num_heads:
        raise ValueError(f"{num_heads} heads do not divide a model of width {d_model}")
    p = params
    q = _split(query @ p["wq"] + p["bq"], num_heads)  # [B, H, Tq, D / H]
    k = _split(key @ p["wk"] + p["bk"], num_heads)  # [B, H, Tk, D / H]
    v = _split(value @ p["wv"] + p["bv"], num_heads)  # [B, H, Tk, D / H]
    heads, _ = scaled_dot_product_attention(q, k, v, mask)
    joined = tf.reshape(tf.transpose(heads, [0, 2, 1, 3]), [batch, length, d_model])  # [B, Tq, D]
    return joined @ p["wo"] + p["bo"]


def _split(x: tf.Tensor, num_heads: int) -> tf.Tensor:
    """[B, T, D] to [B, H, T, D / H]: head h takes the h-th run of D / H columns."""
    batch, length, d_model = x.shape
    return tf.transpose(tf.reshape(x, [batch, length, num_heads, d_model // num_heads]), [0, 2, 1, 3])


def _broadcasts(shape: Sequence[int], target: Sequence[int]) -> bool:
    """Whether an array of this shape broadcasts to target without enlarging it."""
    return len(shape) <= len(target) and all(m in (1, n) for m, n in zip(shape[::-1], target[::-1], strict=False))
