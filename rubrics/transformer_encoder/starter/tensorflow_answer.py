"""A Transformer encoder from scratch. The prompt says what each function does."""

import tensorflow as tf


def layer_norm(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, eps: float = 1e-5) -> tf.Tensor:
    """x [..., D], gamma and beta [D]."""
    raise NotImplementedError


def feed_forward(x: tf.Tensor, params: dict[str, tf.Tensor]) -> tf.Tensor:
    """x [..., D]; params w1 [D, F], b1 [F], w2 [F, D], b2 [D]."""
    raise NotImplementedError


def encoder_block(
    x: tf.Tensor, params: dict[str, tf.Tensor], num_heads: int, mask: tf.Tensor | None = None, norm: str = "post"
) -> tf.Tensor:
    """x [B, T, D]; mask broadcastable to [B, num_heads, T, T]; norm "post" or "pre"."""
    raise NotImplementedError


def encoder(
    x: tf.Tensor, blocks: list[dict[str, tf.Tensor]], num_heads: int, mask: tf.Tensor | None = None
) -> tf.Tensor:
    """x [B, T, D]; one block after the other."""
    raise NotImplementedError
