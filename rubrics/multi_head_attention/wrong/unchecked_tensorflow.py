# /// wrong
# framework = "tensorflow"
# loses = ["test_bad_arguments"]
# diagnosis = "bad arguments are not refused with a ValueError"
# diagnosis_zh = "没有用 ValueError 拒绝错误的参数"
# ///

import tensorflow as tf


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is None:
        weights = tf.nn.softmax(scores, axis=-1)
    else:
        weights = tf.nn.softmax(tf.where(mask, scores, scores.dtype.min), axis=-1)
        weights = tf.where(mask, weights, tf.zeros_like(weights))
    return tf.matmul(weights, v), weights


def multi_head_attention(query, key, value, params, num_heads, mask=None):
    depth = query.shape[-1] // num_heads

    def heads(x, w, b):
        x = tf.matmul(x, params[w]) + params[b]
        return tf.transpose(tf.reshape(x, [x.shape[0], x.shape[1], num_heads, depth]), [0, 2, 1, 3])

    q, k, v = heads(query, "wq", "bq"), heads(key, "wk", "bk"), heads(value, "wv", "bv")
    output, _ = scaled_dot_product_attention(q, k, v, mask)
    output = tf.reshape(tf.transpose(output, [0, 2, 1, 3]), query.shape)
    return tf.matmul(output, params["wo"]) + params["bo"]
