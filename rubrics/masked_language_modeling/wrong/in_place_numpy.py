# /// wrong
# framework = "numpy"
# loses = ["test_input_is_left_alone"]
# also = []
# diagnosis = "the caller's ids are overwritten with the corrupted ones"
# diagnosis_zh = "就地改写了调用者的 ids"
# ///

import numpy as np


def mask_tokens(ids, mask_id, vocab_size, special_ids, probability=0.15, seed=0):
    if not 0 <= probability <= 1:
        raise ValueError("probability must lie in [0, 1]")
    rng = np.random.default_rng(seed)
    chosen = (rng.random(ids.shape) < probability) & ~np.isin(ids, special_ids)
    fate = rng.random(ids.shape)
    labels = np.where(chosen, ids, -100)
    inputs = ids
    inputs[chosen & (fate < 0.8)] = mask_id
    random = chosen & (fate >= 0.8) & (fate < 0.9)
    inputs[random] = rng.integers(0, vocab_size, size=random.sum())
    return inputs, labels


def mlm_loss(logits, labels):
    if logits.shape[:-1] != labels.shape:
        raise ValueError("labels must have the shape of the logits without the vocabulary")
    chosen = labels != -100
    if not chosen.any():
        return 0.0
    picked, targets = logits[chosen], labels[chosen]
    picked = picked - picked.max(axis=-1, keepdims=True)
    log_probs = picked - np.log(np.exp(picked).sum(axis=-1, keepdims=True))
    return -log_probs[np.arange(len(targets)), targets].mean()
