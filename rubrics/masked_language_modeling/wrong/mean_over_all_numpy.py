# /// wrong
# framework = "numpy"
# loses = ["test_loss"]
# also = ["test_nothing_chosen", "test_large_logits", "test_slopes", "test_labels_of_another_shape"]
# diagnosis = "the summed loss is divided by all positions, not by the chosen ones"
# diagnosis_zh = "损失之和除以了全部位置数，而不是选中的位置数"
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
    return -log_probs[np.arange(len(targets)), targets].sum() / labels.size
