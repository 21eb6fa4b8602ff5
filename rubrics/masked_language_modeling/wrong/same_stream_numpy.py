# /// wrong
# framework = "numpy"
# loses = ["test_eighty_ten_ten", "test_random_tokens"]
# also = ["test_independence"]
# diagnosis = "the choice and the 80/10/10 split use the same random numbers, so that every chosen token is masked"
# diagnosis_zh = "选择与 80/10/10 的划分用了同一串随机数，选中的词元全部被遮盖"
# ///

import numpy as np


def mask_tokens(ids, mask_id, vocab_size, special_ids, probability=0.15, seed=0):
    if not 0 <= probability <= 1:
        raise ValueError("probability must lie in [0, 1]")
    rng = np.random.default_rng(seed)
    chosen = (rng.random(ids.shape) < probability) & ~np.isin(ids, special_ids)
    fate = np.random.default_rng(seed).random(ids.shape)
    inputs, labels = ids.copy(), np.full_like(ids, -100)
    labels[chosen] = ids[chosen]
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
