"""Skip-gram with negative sampling."""

from torch import Tensor


def negative_sampling_loss(center: Tensor, context: Tensor, negatives: Tensor) -> Tensor:
    """The mean over the batch of -log σ(o·c) - Σ_k log σ(-n_k·c).

    Args:
        center: [B, D].
        context: [B, D].
        negatives: [B, K, D].

    Returns:
        A scalar, right for inner products of up to ±1000.

    Raises:
        ValueError: where the shapes do not fit together.
    """
    raise NotImplementedError


def sample_negatives(counts: Tensor, size: int, seed: int) -> Tensor:
    """Draw ids with replacement, with probabilities proportional to counts[i] ** 0.75.

    Args:
        counts: [V], int64, not negative.
        size: how many, 1 or more.
        seed: decides the draw.

    Returns:
        [size], int64.

    Raises:
        ValueError: for a negative count, counts that are all 0, or a size below 1.
    """
    raise NotImplementedError
