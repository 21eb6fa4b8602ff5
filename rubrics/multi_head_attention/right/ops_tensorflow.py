# /// right
# framework = "tensorflow"
# style = "keras.ops, and heads by reshaped weights"
# ///

import math

import tensorflow as tf
from keras import ops


def scaled_dot_product_attention(q, k, v, mask=None):
    if q.shape[-1] != k.shape[-1] or k.shape[-2] != v.shape[-2]:
        raise ValueError("shapes")
    scores = ops.matmul(q / math.sqrt(q.shape[-1]), ops.swapaxes(k, -1, -2))
    if mask is None:
        weights = ops.softmax(scores, axis=-1)
        return ops.matmul(weights, v), weights
    try:
        fits = tf.broadcast_static_shape(mask.shape, scores.shape) == scores.shape
    except ValueError:
        fits = False
    if not fits:
        raise ValueError("mask")
    keep = ops.cast(mask, scores.dtype)
    weights = ops.softmax(ops.where(mask, scores, scores.dtype.min), axis=-1) * keep
    return ops.matmul(weights, v), weights


def multi_head_attention(query, key, value, params, num_heads, mask=None):
    width = query.shape[-1]
    if num_heads < 1 or width % num_heads:
        raise ValueError("heads")
    depth = width // num_heads

    def heads(x, w, b):
        w = ops.reshape(w, (width, num_heads, depth))
        return ops.einsum("btd,dhe->bhte", x, w) + ops.reshape(b, (1, num_heads, 1, depth))

    attended, _ = scaled_dot_product_attention(
        heads(query, params["wq"], params["bq"]),
        heads(key, params["wk"], params["bk"]),
        heads(value, params["wv"], params["bv"]),
        mask,
    )
    return ops.einsum("bhte,hed->btd", attended, ops.reshape(params["wo"], (num_heads, depth, width))) + params["bo"]
