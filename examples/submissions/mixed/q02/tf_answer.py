import tensorflow as tf


def scaled_dot_product_attention(q, k, v, mask=None):
    dk = tf.cast(tf.shape(k)[-1], q.dtype)
    logits = tf.matmul(q, k, transpose_b=True) / tf.sqrt(dk)
    if mask is not None:
        # takes True for "hide this"
        logits += tf.cast(mask, logits.dtype) * -1e9
    weights = tf.nn.softmax(logits, axis=-1)
    return tf.matmul(weights, v), weights


def multi_head_attention(query, key, value, params, num_heads, mask=None):
    D = query.shape[-1]
    if num_heads < 1 or D % num_heads:
        raise ValueError("num_heads does not divide the width")

    def heads(x):
        return tf.transpose(tf.reshape(x, (tf.shape(x)[0], -1, num_heads, D // num_heads)), (0, 2, 1, 3))

    q = heads(query @ params["wq"] + params["bq"])
    k = heads(key @ params["wk"] + params["bk"])
    v = heads(value @ params["wv"] + params["bv"])
    out, _ = scaled_dot_product_attention(q, k, v, mask)
    out = tf.reshape(tf.transpose(out, (0, 2, 1, 3)), (tf.shape(query)[0], -1, D))
    return out @ params["wo"] + params["bo"]
