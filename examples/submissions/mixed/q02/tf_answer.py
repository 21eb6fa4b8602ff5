import tensorflow as tf


def scaled_dot_product_attention(q, k, v, mask=None):
    if q.shape[-1] != k.shape[-1] or k.shape[-2] != v.shape[-2]:
        raise ValueError("q, k and v do not fit")
    logits = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(k.shape[-1], q.dtype))
    if mask is None:
        weights = tf.nn.softmax(logits, axis=-1)
    else:
        if mask.shape[-1] not in (1, logits.shape[-1]):
            raise ValueError("the mask does not fit")
        # takes True for "hide this"
        weights = tf.nn.softmax(tf.where(mask, logits.dtype.min, logits), axis=-1)
        weights = tf.where(mask, tf.zeros_like(weights), weights)
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
