"""Multi-head attention from scratch."""

import tensorflow as tf


def scaled_dot_product_attention(
    q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, mask: tf.Tensor | None = None
) -> tuple[tf.Tensor, tf.Tensor]:
    """Attention of each query over all keys.

    Args:
        q: [..., Tq, d].
        k: [..., Tk, d].
        v: [..., Tk, dv]; leading dimensions broadcast.
        mask: boolean, broadcastable to [..., Tq, Tk]; True where a query may attend to a key.

    Returns:
        Output [..., Tq, dv] and weights [..., Tq, Tk].

    Raises:
        ValueError: where depths, lengths or the mask do not fit.
    """
    raise NotImplementedError


def multi_head_attention(
    query: tf.Tensor,
    key: tf.Tensor,
    value: tf.Tensor,
    params: dict[str, tf.Tensor],
    num_heads: int,
    mask: tf.Tensor | None = None,
) -> tf.Tensor:
    """Attention by num_heads heads between projections of query, key and value.

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
        ValueError: where num_heads is below 1 or does not divide D.
    """
    raise NotImplementedError
