# /// wrong
# framework = "tensorflow"
# loses = ["test_independence"]
# also = ["test_labels", "test_rate"]
# diagnosis = "a fixed number of positions a row instead of an independent choice of each"
# diagnosis_zh = "每行选中固定个数的位置，而不是逐个独立选择"
# ///

import tensorflow as tf


def mask_tokens(ids, mask_id, vocab_size, special_ids, probability=0.15, seed=0):
    if not 0 <= probability <= 1:
        raise ValueError("probability must lie in [0, 1]")
    rng = tf.random.Generator.from_seed(seed)
    special = tf.reduce_any(tf.equal(ids[:, :, None], tf.constant(special_ids, tf.int64)), axis=-1)
    scores = tf.where(special, 2.0, rng.uniform(ids.shape))
    ordinary = tf.reduce_sum(tf.cast(~special, tf.float32), axis=1, keepdims=True)
    rank = tf.argsort(tf.argsort(scores, axis=1), axis=1)
    chosen = tf.cast(rank, tf.float32) < tf.round(probability * ordinary)
    labels = tf.where(chosen, ids, tf.constant(-100, tf.int64))
    fate = rng.uniform(ids.shape)
    words = rng.uniform(ids.shape, maxval=vocab_size, dtype=tf.int64)
    inputs = tf.where(chosen & (fate < 0.8), tf.constant(mask_id, tf.int64), ids)
    inputs = tf.where(chosen & (fate >= 0.8) & (fate < 0.9), words, inputs)
    return inputs, labels


def mlm_loss(logits, labels):
    if logits.shape[:-1] != labels.shape:
        raise ValueError("labels must have the shape of the logits without the vocabulary")
    chosen = labels != -100
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.where(chosen, labels, 0), logits)
    weights = tf.cast(chosen, losses.dtype)
    return tf.reduce_sum(losses * weights) / tf.maximum(tf.reduce_sum(weights), 1.0)
