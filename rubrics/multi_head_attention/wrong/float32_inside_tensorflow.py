# /// wrong
# framework = "tensorflow"
# loses = ["test_float64"]
# diagnosis = "float64 inputs are computed in float32"
# diagnosis_zh = "float64 输入被转成 float32 计算"
# ///

import tensorflow as tf


def scaled_dot_product_attention(q, k, v, mask=None):
    q, k, v = (tf.cast(x, tf.float32) for x in (q, k, v))
    if q.shape[-1] != k.shape[-1] or k.shape[-2] != v.shape[-2]:
        raise ValueError("q, k and v do not fit together")
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], tf.float32))
    if mask is None:
        mask = tf.ones_like(scores, dtype=tf.bool)
    if any(m not in (1, n) for m, n in zip(reversed(mask.shape), reversed(scores.shape), strict=False)):
        raise ValueError("the mask does not fit")
    weights = tf.nn.softmax(tf.where(mask, scores, scores.dtype.min)) * tf.cast(mask, tf.float32)
    return weights @ v, weights


def multi_head_attention(query, key, value, params, num_heads, mask=None):
    params = {name: tf.cast(array, tf.float32) for name, array in params.items()}
    query, key, value = (tf.cast(x, tf.float32) for x in (query, key, value))
    if num_heads < 1 or query.shape[-1] % num_heads != 0:
        raise ValueError("num_heads must divide the model's width")
    depth = query.shape[-1] // num_heads

    def heads(x, w, b):
        x = tf.matmul(x, params[w]) + params[b]
        return tf.transpose(tf.reshape(x, [x.shape[0], x.shape[1], num_heads, depth]), [0, 2, 1, 3])

    q, k, v = heads(query, "wq", "bq"), heads(key, "wk", "bk"), heads(value, "wv", "bv")
    output, _ = scaled_dot_product_attention(q, k, v, mask)
    output = tf.reshape(tf.transpose(output, [0, 2, 1, 3]), query.shape)
    return tf.matmul(output, params["wo"]) + params["bo"]
