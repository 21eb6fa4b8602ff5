# /// right
# framework = "tensorflow"
# style = "a random generator of its own; the loss over gathered rows"
# ///

import tensorflow as tf


def mask_tokens(ids, mask_id, vocab_size, special_ids, probability=0.15, seed=0):
    if probability < 0 or probability > 1:
        raise ValueError("probability")
    gen = tf.random.Generator.from_seed(seed)
    ordinary = tf.ones(ids.shape, tf.bool)
    for special in special_ids:
        ordinary &= ids != special
    chosen = ordinary & (gen.uniform(ids.shape) < probability)
    fate = gen.uniform(ids.shape, maxval=10, dtype=tf.int32)
    words = gen.uniform(ids.shape, maxval=vocab_size, dtype=tf.int64)
    inputs = tf.where(chosen & (fate < 8), tf.cast(mask_id, ids.dtype), ids)
    inputs = tf.where(chosen & (fate == 8), words, inputs)
    return inputs, tf.where(chosen, ids, tf.cast(-100, ids.dtype))


def mlm_loss(logits, labels):
    if labels.shape != logits.shape[:-1]:
        raise ValueError("labels")
    places = tf.where(labels != -100)
    rows, targets = tf.gather_nd(logits, places), tf.gather_nd(labels, places)
    losses = tf.reduce_logsumexp(rows, axis=-1) - tf.gather(rows, targets, batch_dims=1)
    return tf.math.divide_no_nan(tf.reduce_sum(losses), tf.cast(tf.shape(targets)[0], tf.float32))
