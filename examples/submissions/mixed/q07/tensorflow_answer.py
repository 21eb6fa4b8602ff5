import tensorflow as tf


def mask_tokens(ids, mask_id, vocab_size, special_ids, probability=0.15, seed=0):
    if probability < 0 or probability > 1:
        raise ValueError("probability out of range")
    rng = tf.random.Generator.from_seed(seed)
    chosen = rng.uniform(ids.shape) < probability
    for token in special_ids:
        chosen &= ids != token
    dice = rng.uniform(ids.shape)
    noise = rng.uniform(ids.shape, 0, vocab_size, dtype=tf.int64)
    inputs = tf.where(chosen & (dice < 0.8), tf.cast(mask_id, tf.int64), ids)
    inputs = tf.where(chosen & (dice >= 0.9), noise, inputs)
    return inputs, tf.where(chosen, ids, -100)


def mlm_loss(logits, labels):
    # unchosen positions are made to count as class 0 instead of being left out
    targets = tf.maximum(labels, 0)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=logits)
    return tf.reduce_mean(losses)
