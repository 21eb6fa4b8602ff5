# /// wrong
# framework = "numpy"
# loses = ["test_random_tokens"]
# also = []
# diagnosis = "the last id of the vocabulary is never drawn"
# diagnosis_zh = "随机 id 抽不到词表的最后一个"
# ///

import numpy as np


def mask_tokens(ids, mask_id, vocab_size, special_ids, probability=0.15, seed=0):
    if not 0 <= probability <= 1:
        raise ValueError("probability must lie in [0, 1]")
    rng = np.random.default_rng(seed)
    chosen = (rng.random(ids.shape) < probability) & ~np.isin(ids, special_ids)
    fate = rng.random(ids.shape)
    inputs, labels = ids.copy(), np.full_like(ids, -100)
    labels[chosen] = ids[chosen]
    inputs[chosen & (fate < 0.8)] = mask_id
    random = chosen & (fate >= 0.8) & (fate < 0.9)
    inputs[random] = rng.integers(0, vocab_size - 1, size=random.sum())
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
