import tensorflow as tf
from keras import ops


def scaled_dot_product_attention(q, k, v, mask=None):
    depth = q.shape[-1]
    if depth != k.shape[-1] or k.shape[-2] != v.shape[-2]:
        raise ValueError("q, k and v do not belong together")

    scores = ops.einsum("...qd,...kd->...qk", q, k) / ops.sqrt(ops.cast(depth, q.dtype))
    if mask is None:
        weights = ops.softmax(scores, axis=-1)
    else:
        if tf.broadcast_static_shape(mask.shape, scores.shape) != scores.shape:
            raise ValueError("the mask is larger than the scores")
        lowest = tf.constant(scores.dtype.min, scores.dtype)
        weights = ops.softmax(ops.where(mask, scores, lowest), axis=-1)
        # in a row without a key everything is "lowest" and the softmax uniform: the product clears it
        weights = weights * ops.cast(mask, weights.dtype)
    return ops.einsum("...qk,...kd->...qd", weights, v), weights


def multi_head_attention(query, key, value, params, num_heads, mask=None):
    if num_heads < 1 or query.shape[-1] % num_heads:
        raise ValueError("the heads do not divide the model")

    def split(x, w, b):
        return ops.split(ops.matmul(x, params[w]) + params[b], num_heads, axis=-1)

    q, k, v = split(query, "wq", "bq"), split(key, "wk", "bk"), split(value, "wv", "bv")
    # heads in front, so that one call serves them all: [B, H, T, D/H]
    q, k, v = (ops.stack(heads, axis=1) for heads in (q, k, v))
    out, _ = scaled_dot_product_attention(q, k, v, mask)
    joined = ops.concatenate(ops.unstack(out, axis=1), axis=-1)
    return ops.matmul(joined, params["wo"]) + params["bo"]
