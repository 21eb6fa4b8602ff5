import numpy as np

IGNORE = -100


def mask_tokens(ids, mask_id, vocab_size, special_ids, probability=0.15, seed=0):
    if probability < 0 or probability > 1:
        raise ValueError("probability must be between 0 and 1")
    rng = np.random.Generator(np.random.PCG64(seed))
    inputs = ids.copy()
    labels = np.full_like(ids, IGNORE)

    # One number decides both whether a token is chosen and what becomes of it:
    #   0 ... 0.8p masked ... 0.9p random ... p kept ... 1 not chosen
    u = rng.random(ids.shape)
    u[np.isin(ids, list(special_ids))] = 2.0
    chosen = u < probability
    labels[chosen] = ids[chosen]

    inputs[u < 0.8 * probability] = mask_id
    swapped = (u >= 0.8 * probability) & (u < 0.9 * probability)
    inputs[swapped] = rng.integers(0, vocab_size, size=np.count_nonzero(swapped))
    return inputs, labels


def mlm_loss(logits, labels):
    if logits.ndim != 3 or logits.shape[:2] != labels.shape:
        raise ValueError("labels must have the shape [B, T] of the logits")
    total, count = 0.0, 0
    for row_logits, row_labels in zip(logits.astype(np.float64), labels):
        for scores, label in zip(row_logits, row_labels):
            if label == IGNORE:
                continue
            total += np.logaddexp.reduce(scores) - scores[label]
            count += 1
    return total / count if count else 0.0
