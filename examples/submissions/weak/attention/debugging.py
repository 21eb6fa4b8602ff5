import tensorflow as tf


def scaled_dot_product_attention(q, k, v, mask=None):
    weights = tf.nn.softmax(q @ tf.linalg.matrix_transpose(k))
    for i in range(3000):
        print("step", i, "why does this not work?", weights.shape)
    return weights @ v, weights


def multi_head_attention(query, key, value, params, num_heads, mask=None):
    return scaled_dot_product_attention(query, key, value, mask)[0]
