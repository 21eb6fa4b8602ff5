# /// wrong
# framework = "tensorflow"
# loses = ["test_random_tokens"]
# also = []
# diagnosis = "one random token, drawn once, for all positions"
# diagnosis_zh = "所有位置共用一个只抽一次的随机词元"
# ///

import tensorflow as tf


def mask_tokens(ids, mask_id, vocab_size, special_ids, probability=0.15, seed=0):
    if not 0 <= probability <= 1:
        raise ValueError("probability must lie in [0, 1]")
    rng = tf.random.Generator.from_seed(seed)
    special = tf.reduce_any(tf.equal(ids[:, :, None], tf.constant(special_ids, tf.int64)), axis=-1)
    chosen = (rng.uniform(ids.shape) < probability) & ~special
    labels = tf.where(chosen, ids, tf.constant(-100, tf.int64))
    fate = rng.uniform(ids.shape)
    words = rng.uniform([], maxval=vocab_size, dtype=tf.int64)
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
