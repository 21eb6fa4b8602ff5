# /// wrong
# framework = "numpy"
# loses = ["test_eighty_ten_ten", "test_special_tokens"]
# also = ["test_rate", "test_independence", "test_seed", "test_bad_probability"]
# diagnosis = "tokens that were chosen and kept have no label"
# diagnosis_zh = "选中但保持不变的词元没有标签"
# ///

import numpy as np


def mask_tokens(ids, mask_id, vocab_size, special_ids, probability=0.15, seed=0):
    if not 0 <= probability <= 1:
        raise ValueError("probability must lie in [0, 1]")
    rng = np.random.default_rng(seed)
    chosen = (rng.random(ids.shape) < probability) & ~np.isin(ids, special_ids)
    fate = rng.random(ids.shape)
    inputs = ids.copy()
    inputs[chosen & (fate < 0.8)] = mask_id
    random = chosen & (fate >= 0.8) & (fate < 0.9)
    inputs[random] = rng.integers(0, vocab_size, size=random.sum())
    return inputs, np.where(inputs != ids, ids, -100)


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
