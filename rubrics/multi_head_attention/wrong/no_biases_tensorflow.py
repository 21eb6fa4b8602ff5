# /// wrong
# framework = "tensorflow"
# loses = ["test_biases"]
# also = ["test_multi_head_mask", "test_gradients"]
# diagnosis = "the biases of the projections are left out"
# diagnosis_zh = "遗漏了投影的偏置"
# ///

import tensorflow as tf


def scaled_dot_product_attention(q, k, v, mask=None):
    if q.shape[-1] != k.shape[-1] or k.shape[-2] != v.shape[-2]:
        raise ValueError("q, k and v do not fit together")
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is None:
        weights = tf.nn.softmax(scores, axis=-1)
    else:
        if any(m not in (1, n) for m, n in zip(reversed(mask.shape), reversed(scores.shape), strict=False)):
            raise ValueError("the mask does not fit")
        weights = tf.nn.softmax(tf.where(mask, scores, scores.dtype.min), axis=-1)
        weights = tf.where(mask, weights, tf.zeros_like(weights))
    return tf.matmul(weights, v), weights


def multi_head_attention(query, key, value, params, num_heads, mask=None):
    if num_heads < 1 or query.shape[-1] % num_heads != 0:
        raise ValueError("num_heads must divide the model's width")
    depth = query.shape[-1] // num_heads

    def heads(x, w):
        x = tf.matmul(x, params[w])
        return tf.transpose(tf.reshape(x, [x.shape[0], x.shape[1], num_heads, depth]), [0, 2, 1, 3])

    q, k, v = heads(query, "wq"), heads(key, "wk"), heads(value, "wv")
    output, _ = scaled_dot_product_attention(q, k, v, mask)
    output = tf.reshape(tf.transpose(output, [0, 2, 1, 3]), query.shape)
    return tf.matmul(output, params["wo"])
