# /// right
# framework = "numpy"
# style = "one uniform number decides a position's fate; the loss by float64 log-sum-exp"
# ///

import numpy as np


def mask_tokens(ids, mask_id, vocab_size, special_ids, probability=0.15, seed=0):
    if probability < 0 or probability > 1:
        raise ValueError("probability")
    rng = np.random.default_rng([seed, 17])
    draw = rng.random(ids.shape)
    chosen = (draw < probability) & ~np.isin(ids, list(special_ids))
    share = draw / max(probability, 1e-300)
    inputs = ids.copy()
    inputs[chosen & (share < 0.8)] = mask_id
    swapped = chosen & (share >= 0.9)
    inputs[swapped] = rng.integers(vocab_size, size=int(swapped.sum()))
    labels = np.where(chosen, ids, -100)
    return inputs, labels


def mlm_loss(logits, labels):
    if labels.shape != logits.shape[:2]:
        raise ValueError("labels")
    rows = logits[labels != -100].astype(np.float64)
    targets = labels[labels != -100]
    if len(targets) == 0:
        return 0.0
    top = rows.max(axis=1)
    total = top + np.log(np.exp(rows - top[:, None]).sum(axis=1))
    return float(np.mean(total - rows[np.arange(len(rows)), targets]))
