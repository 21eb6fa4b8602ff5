# /// wrong
# framework = "tensorflow"
# loses = ["test_fully_masked_row"]
# also = ["test_multi_head_mask", "test_gradients"]
# diagnosis = "-1e9 is added to masked scores, so that a fully masked row attends to all keys alike"
# diagnosis_zh = "被掩蔽的分数加上 -1e9，整行被掩蔽时会均匀关注所有键"
# ///

import tensorflow as tf


def scaled_dot_product_attention(q, k, v, mask=None):
    if q.shape[-1] != k.shape[-1] or k.shape[-2] != v.shape[-2]:
        raise ValueError("q, k and v do not fit together")
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        if any(m not in (1, n) for m, n in zip(reversed(mask.shape), reversed(scores.shape), strict=False)):
            raise ValueError("the mask does not fit")
        scores += (1.0 - tf.cast(mask, scores.dtype)) * -1e9
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


def multi_head_attention(query, key, value, params, num_heads, mask=None):
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
