"""BERT's masked language modelling: Devlin et al., 2019 (arXiv:1810.04805), section 3.1, task 1, and appendix A.1."""

import numpy as np

IGNORED = -100


def mask_tokens(
    ids: np.ndarray,
    mask_id: int,
    vocab_size: int,
    special_ids: list[int],
    probability: float = 0.15,
    seed: int = 0,
) -> tuple[np.ndarray, np.ndarray]:
    """ids [B, T] -> (inputs [B, T], labels [B, T]), int64; labels are -100 where nothing is to be predicted.

    Each ordinary position is chosen with `probability`; of the chosen, 80 % become mask_id, 10 % random, 10 % stay.
    Raises ValueError for a probability outside [0, 1].
    """
    if not 0 <= probability <= 1:
        raise ValueError(f"probability must lie in [0, 1], not {probability}")
    rng = np.random.default_rng(seed)
    chosen = (rng.random(ids.shape) < probability) & ~np.isin(ids, special_ids)
    fate = rng.random(ids.shape)
    random_ids = rng.integers(vocab_size, size=ids.shape)
    replacements = np.where(fate < 0.8, mask_id, np.where(fate < 0.9, random_ids, ids))
    return np.where(chosen, replacements, ids), np.where(chosen, ids, IGNORED)


def mlm_loss(logits: np.ndarray, labels: np.ndarray) -> np.floating:
    """Mean of -log softmax(logits)[label] over the chosen positions, 0 if there are none.

    logits [B, T, V], labels [B, T]. Raises ValueError where the shapes disagree.
    """
    if logits.shape[:-1] != labels.shape:
        raise ValueError(f"labels of shape {labels.shape} do not fit logits of shape {logits.shape}")
    chosen = labels != IGNORED
    logits, targets = logits[chosen], labels[chosen]  # [n, V], [n]
    logits = logits - logits.max(axis=-1, keepdims=True)
    losses = np.log(np.exp(logits).sum(axis=-1)) - logits[np.arange(len(targets)), targets]  # [n]
    return losses.sum() / losses.dtype.type(max(len(losses), 1))
