import keras
from keras import ops


def mask_tokens(ids, mask_id, vocab_size, special_ids, probability=0.15, seed=0):
    if not (0 <= probability <= 1):
        raise ValueError("probability must lie between 0 and 1")
    draws = keras.random.SeedGenerator(seed)
    shape = ops.shape(ids)

    candidates = ops.ones(shape, dtype="bool")
    for special in special_ids:
        candidates = ops.logical_and(candidates, ops.not_equal(ids, special))
    chosen = ops.logical_and(candidates, keras.random.uniform(shape, seed=draws) < probability)

    # 0-7: mask, 8: random token, 9: as it was
    die = keras.random.randint(shape, 0, 10, seed=draws)
    noise = ops.cast(keras.random.randint(shape, 0, vocab_size, seed=draws), ids.dtype)
    corrupted = ops.where(die < 8, ops.full_like(ids, mask_id), ops.where(die == 8, noise, ids))
    return ops.where(chosen, corrupted, ids), ops.where(chosen, ids, ops.full_like(ids, -100))


def mlm_loss(logits, labels):
    if logits.shape[:-1] != labels.shape:
        raise ValueError("labels do not match the logits")
    weight = ops.cast(labels != -100, logits.dtype)
    one_hot = ops.one_hot(ops.maximum(labels, 0), logits.shape[-1], dtype=logits.dtype)
    nll = ops.logsumexp(logits, axis=-1) - ops.sum(logits * one_hot, axis=-1)
    return ops.sum(nll * weight) / ops.maximum(ops.sum(weight), 1.0)
