# /// wrong
# framework = "tensorflow"
# loses = ["test_loss"]
# also = ["test_nothing_chosen", "test_large_logits", "test_gradients", "test_labels_of_another_shape"]
# diagnosis = "label 0 is left out of the loss as if it were padding"
# diagnosis_zh = "标签 0 被当作填充而不计入损失"
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
    words = rng.uniform(ids.shape, maxval=vocab_size, dtype=tf.int64)
    inputs = tf.where(chosen & (fate < 0.8), tf.constant(mask_id, tf.int64), ids)
    inputs = tf.where(chosen & (fate >= 0.8) & (fate < 0.9), words, inputs)
    return inputs, labels


def mlm_loss(logits, labels):
    if logits.shape[:-1] != labels.shape:
        raise ValueError("labels must have the shape of the logits without the vocabulary")
    chosen = labels > 0
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.where(chosen, labels, 0), logits)
    weights = tf.cast(chosen, losses.dtype)
    return tf.reduce_sum(losses * weights) / tf.maximum(tf.reduce_sum(weights), 1.0)
