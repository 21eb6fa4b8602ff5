import numpy as np


def mask_tokens(ids, mask_id, vocab_size, special_ids, probability=0.15, seed=0):
    if not 0 <= probability <= 1:
        raise ValueError("probability")
    rng = np.random.RandomState(seed)
    candidates = ~np.isin(ids, special_ids)
    # A batch in which nothing is to be predicted is no use, so draw until there is something.
    while True:
        chosen = (rng.uniform(size=ids.shape) < probability) & candidates
        if chosen.any() or not candidates.any():
            break
    labels = np.where(chosen, ids, -100)
    dice = rng.uniform(size=ids.shape)
    inputs = np.where(chosen & (dice < 0.8), mask_id, ids)
    inputs = np.where(chosen & (dice >= 0.8) & (dice < 0.9), rng.randint(vocab_size, size=ids.shape), inputs)
    return inputs, labels


def mlm_loss(logits, labels):
    if labels.shape != logits.shape[:2]:
        raise ValueError("shapes")
    z = logits - logits.max(axis=-1, keepdims=True)
    log_probs = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
    chosen = labels != -100
    if not chosen.any():
        return 0.0
    picked = np.take_along_axis(log_probs, np.where(chosen, labels, 0)[..., None], axis=-1)[..., 0]
    return -(picked * chosen).sum() / chosen.sum()
