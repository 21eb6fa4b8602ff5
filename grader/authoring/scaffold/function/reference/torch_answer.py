"""Skip-gram with negative sampling: Mikolov et al., 2013 (arXiv:1310.4546), section 2.2."""

import torch
from torch import Tensor
from torch.nn import functional


def negative_sampling_loss(center: Tensor, context: Tensor, negatives: Tensor) -> Tensor:
    """The mean over the batch of -log σ(o·c) - Σ_k log σ(-n_k·c), where -log σ(x) = softplus(-x).

    center [B, D], context [B, D], negatives [B, K, D] -> scalar. Raises ValueError where the shapes do not fit.
    """
    batch, _, width = negatives.shape  # ValueError for another number of dimensions
    if not center.shape == context.shape == (batch, width):
        raise ValueError("expected center [B, D], context [B, D] and negatives [B, K, D]")
    positive = (center * context).sum(dim=-1)  # [B]
    negative = torch.einsum("bd,bkd->bk", center, negatives)  # [B, K]
    return (functional.softplus(-positive) + functional.softplus(negative).sum(dim=-1)).mean()


def sample_negatives(counts: Tensor, size: int, seed: int) -> Tensor:
    """`size` ids with probabilities proportional to counts[i] ** 0.75: int64 [size].

    Raises ValueError for a negative count, counts that are all 0, and a size below 1.
    """
    if size < 1 or (counts < 0).any() or not counts.any():
        raise ValueError("expected a size of at least 1 and counts that are not negative, nor all 0")
    random = torch.Generator().manual_seed(seed)
    return torch.multinomial(counts.double() ** 0.75, size, replacement=True, generator=random)
