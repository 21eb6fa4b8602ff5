# /// wrong
# framework = "tensorflow"
# loses = ["test_feed_forward", "test_relu"]
# also = [
#     "test_post",
#     "test_pre",
#     "test_which_norm",
#     "test_residuals",
#     "test_mask",
#     "test_equivariance",
#     "test_encoder",
#     "test_arguments",
#     "test_gradients",
# ]
# diagnosis = "the feed-forward part lacks its first bias"
# diagnosis_zh = "前馈部分漏了第一个偏置"
# ///

import math

import tensorflow as tf


def layer_norm(x, gamma, beta, eps=1e-5):
    """[..., D] normalised over D, with the population's variance: gamma (x - mean) / sqrt(var + eps) + beta."""
    centred = x - tf.reduce_mean(x, axis=-1, keepdims=True)
    variance = tf.reduce_mean(tf.square(centred), axis=-1, keepdims=True)
    return gamma * centred / tf.sqrt(variance + eps) + beta


def feed_forward(x, params):
    """relu(x w1 + b1) w2 + b2, at each position on its own."""
    return tf.nn.relu(x @ params["w1"]) @ params["w2"] + params["b2"]


def encoder_block(x, params, num_heads, mask=None, norm="post"):
    """[B, T, D] -> [B, T, D]: attention and feed-forward, each with a residual connection.

    The norm is taken of the sum ("post") or of what goes into the sub-layer ("pre"). Raises ValueError for another one,
    where the heads do not divide D, and where the mask does not broadcast to the scores.
    """
    p = params
    if norm == "post":
        x = layer_norm(x + _attention(x, p, num_heads, mask), p["gamma1"], p["beta1"])
        return layer_norm(x + feed_forward(x, p), p["gamma2"], p["beta2"])
    if norm == "pre":
        x = x + _attention(layer_norm(x, p["gamma1"], p["beta1"]), p, num_heads, mask)
        return x + feed_forward(layer_norm(x, p["gamma2"], p["beta2"]), p)
    raise ValueError(f"norm must be post or pre, not {norm!r}")


def encoder(x, blocks, num_heads, mask=None):
    """One block after the other, each with params of its own."""
    for params in blocks:
        x = encoder_block(x, params, num_heads, mask)
    return x


def _attention(x, params, num_heads, mask):
    """Self-attention, section 3.2.2; 0 ahead of `wo` where a query may attend to nothing."""
    batch, length, width = x.shape
    if num_heads < 1 or width % num_heads:
        raise ValueError(f"{num_heads} heads do not divide a width of {width}")

    def heads(name):  # [B, H, T, D / H]
        y = x @ params[f"w{name}"] + params[f"b{name}"]
        return tf.transpose(tf.reshape(y, (batch, length, num_heads, width // num_heads)), (0, 2, 1, 3))

    scores = tf.matmul(heads("q"), heads("k"), transpose_b=True) / math.sqrt(width // num_heads)
    if mask is not None:
        if tf.broadcast_static_shape(mask.shape, scores.shape) != scores.shape:
            raise ValueError(f"a mask {mask.shape} does not broadcast to the scores {scores.shape}")
        scores = tf.where(mask, scores, scores.dtype.min)
    weights = tf.nn.softmax(scores, axis=-1)
    if mask is not None:
        weights = weights * tf.cast(mask, weights.dtype)
    joined = tf.reshape(tf.transpose(weights @ heads("v"), (0, 2, 1, 3)), (batch, length, width))
    return joined @ params["wo"] + params["bo"]
