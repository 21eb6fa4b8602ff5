# /// wrong
# framework = "tensorflow"
# loses = ["test_embed", "test_eps"]
# also = [
#     "test_tables",
#     "test_equal_features",
#     "test_rows_are_independent",
#     "test_float64",
#     "test_bad_arguments",
#     "test_gradients",
#     "test_texts",
#     "test_real_size",
# ]
# diagnosis = "each embedding is normalised before they are added"
# diagnosis_zh = "先对各个嵌入归一化，再相加"
# ///

import math

import tensorflow as tf


def embed(token_ids, segment_ids, params):
    """[B, T] ids of tokens and segments -> [B, T, D]: the layer norm of token + position + segment.

    Raises ValueError where shapes differ, an id is not in its table, or the text is longer than the position table.
    """
    if token_ids.shape != segment_ids.shape:
        raise ValueError("token ids and segment ids must have one shape")
    length = token_ids.shape[1]
    if length > len(params["position"]):
        raise ValueError(f"there are {len(params['position'])} positions, too few for {length} tokens")
    for ids, table in ((token_ids, params["token"]), (segment_ids, params["segment"])):
        if tf.reduce_any((ids < 0) | (ids >= len(table))):
            raise ValueError(f"an id is not among the {len(table)} of its table")
    x = tf.zeros_like(params["beta"])
    parts = (
        tf.gather(params["token"], token_ids),
        params["position"][:length],
        tf.gather(params["segment"], segment_ids),
    )
    for part in parts:
        centred = part - tf.reduce_mean(part, axis=-1, keepdims=True)
        x += centred / tf.sqrt(tf.reduce_mean(tf.square(centred), axis=-1, keepdims=True) + 1e-12)
    return x * params["gamma"] + params["beta"]


def sentence_embedding(hidden, mask, pooling):
    """[B, T, D] and [B, T] -> [B, D]: the first vector, or the mean or maximum of those of real tokens.

    Mean and maximum over no token are zeros. Raises ValueError for another mask and for an unknown pooling.
    """
    if mask.shape != hidden.shape[:2]:
        raise ValueError(f"the mask must be {hidden.shape[:2]}, got {mask.shape}")
    if pooling == "cls":
        return hidden[:, 0]
    mask = mask[..., None]
    if pooling == "mean":
        count = tf.reduce_sum(tf.cast(mask, hidden.dtype), axis=1)
        return tf.reduce_sum(tf.where(mask, hidden, 0), axis=1) / tf.maximum(count, 1)
    if pooling == "max":
        greatest = tf.reduce_max(tf.where(mask, hidden, -math.inf), axis=1)
        return tf.where(tf.reduce_any(mask, axis=1), greatest, 0)
    raise ValueError(f"pooling must be cls, mean or max, got {pooling!r}")
