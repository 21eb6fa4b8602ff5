"""Skip-gram with negative sampling: Mikolov et al., 2013 (arXiv:1310.4546), section 2.2."""

import numpy as np


def negative_sampling_loss(center: np.ndarray, context: np.ndarray, negatives: np.ndarray) -> np.ndarray:
    """The mean over the batch of -log σ(o·c) - Σ_k log σ(-n_k·c), where -log σ(x) = log(1 + exp(-x)).

    center [B, D], context [B, D], negatives [B, K, D] -> scalar. Raises ValueError where the shapes do not fit.
    """
    batch, _, width = negatives.shape  # ValueError for another number of dimensions
    if not center.shape == context.shape == (batch, width):
        raise ValueError("expected center [B, D], context [B, D] and negatives [B, K, D]")
    positive = np.sum(center * context, axis=-1)  # [B]
    negative = np.einsum("bd,bkd->bk", center, negatives)  # [B, K]
    return np.mean(np.logaddexp(0, -positive) + np.logaddexp(0, negative).sum(axis=-1))


def sample_negatives(counts: np.ndarray, size: int, seed: int) -> np.ndarray:
    """`size` ids with probabilities proportional to counts[i] ** 0.75: int64 [size].

    Raises ValueError for a negative count, counts that are all 0, and a size below 1.
    """
    if size < 1 or (counts < 0).any() or not counts.any():
        raise ValueError("expected a size of at least 1 and counts that are not negative, nor all 0")
    weights = counts**0.75
    return np.random.default_rng(seed).choice(len(counts), size, p=weights / weights.sum())
