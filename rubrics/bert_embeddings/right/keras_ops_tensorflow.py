# /// right
# framework = "tensorflow"
# style = "keras.ops; a ragged view of the real tokens for the mean; tf.nn.moments"
# ///

import tensorflow as tf
from keras import ops


def embed(token_ids, segment_ids, params):
    if tuple(token_ids.shape) != tuple(segment_ids.shape):
        raise ValueError("shapes")
    if token_ids.shape[1] > params["position"].shape[0]:
        raise ValueError("length")
    for ids, name in ((token_ids, "token"), (segment_ids, "segment")):
        if int(tf.reduce_min(ids)) < 0 or int(tf.reduce_max(ids)) > params[name].shape[0] - 1:
            raise ValueError(name)
    x = ops.take(params["token"], token_ids, axis=0) + ops.take(params["segment"], segment_ids, axis=0)
    x += params["position"][None, : token_ids.shape[1]]
    mean, variance = tf.nn.moments(x, axes=[-1], keepdims=True)
    return (x - mean) / ops.sqrt(variance + 1e-12) * params["gamma"] + params["beta"]


def sentence_embedding(hidden, mask, pooling):
    if tuple(mask.shape) != tuple(hidden.shape[:2]):
        raise ValueError("mask")
    if pooling == "cls":
        return tf.gather(hidden, 0, axis=1)
    if pooling not in ("mean", "max"):
        raise ValueError("pooling")
    rows = []
    for row, real in zip(tf.unstack(hidden), tf.unstack(mask), strict=True):
        row = tf.boolean_mask(row, real)
        if row.shape[0] == 0:
            rows.append(tf.zeros(hidden.shape[-1], hidden.dtype))
        else:
            rows.append(ops.mean(row, axis=0) if pooling == "mean" else ops.max(row, axis=0))
    return tf.stack(rows)
