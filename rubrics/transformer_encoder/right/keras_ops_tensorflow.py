# /// right
# framework = "tensorflow"
# style = "keras.ops; heads split off and joined as lists; scores lowered by a penalty; numpy arrays where no gradient is asked"
# ///

import tensorflow as tf
from keras import ops


def layer_norm(x, gamma, beta, eps=1e-5):
    mean, variance = tf.nn.moments(x, axes=[-1], keepdims=True)
    return (x - mean) * tf.math.rsqrt(variance + eps) * gamma + beta


def feed_forward(x, params):
    return ops.matmul(ops.relu(ops.matmul(x, params["w1"]) + params["b1"]), params["w2"]) + params["b2"]


def attention(x, params, num_heads, mask):
    width = x.shape[-1]
    if num_heads < 1 or width % num_heads:
        raise ValueError("num_heads")
    full = (x.shape[0], num_heads, x.shape[1], x.shape[1])
    if mask is not None:
        try:
            mask = ops.broadcast_to(mask, full)
        except (tf.errors.InvalidArgumentError, ValueError):
            raise ValueError("mask") from None
    split = [tf.split(ops.matmul(x, params["w" + n]) + params["b" + n], num_heads, axis=-1) for n in "qkv"]
    heads = []
    for h, (q, k, v) in enumerate(zip(*split)):
        scores = tf.matmul(q, k, transpose_b=True) * (width / num_heads) ** -0.5
        if mask is not None:
            scores += tf.where(mask[:, h], 0.0, -1e9)
        weights = ops.softmax(scores)
        if mask is not None:
            weights = tf.where(mask[:, h], weights, 0.0)
        heads.append(tf.matmul(weights, v))
    return ops.matmul(ops.concatenate(heads, axis=-1), params["wo"]) + params["bo"]


def encoder_block(x, params, num_heads, mask=None, norm="post"):
    parts = [("1", lambda y: attention(y, params, num_heads, mask)), ("2", lambda y: feed_forward(y, params))]
    for number, part in parts:
        scale, shift = params["gamma" + number], params["beta" + number]
        if norm == "post":
            x = layer_norm(x + part(x), scale, shift)
        elif norm == "pre":
            x = x + part(layer_norm(x, scale, shift))
        else:
            raise ValueError("norm")
    return x


def encoder(x, blocks, num_heads, mask=None):
    for params in blocks:
        x = encoder_block(x, params, num_heads, mask)
    return x.numpy()
