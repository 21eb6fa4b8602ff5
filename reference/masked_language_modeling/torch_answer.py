"""BERT's masked language modelling: Devlin et al., 2019 (arXiv:1810.04805), section 3.1, task 1, and appendix A.1."""

import torch
import torch.nn.functional as F
from torch import Tensor

IGNORED = -100


def mask_tokens(
    ids: Tensor,
    mask_id: int,
    vocab_size: int,
    special_ids: list[int],
    probability: float = 0.15,
    seed: int = 0,
) -> tuple[Tensor, Tensor]:
    """ids [B, T] -> (inputs [B, T], labels [B, T]), int64; labels are -100 where nothing is to be predicted.

    Each ordinary position is chosen with `probability`; of the chosen, 80 % become mask_id, 10 % random, 10 % stay.
    Raises ValueError for a probability outside [0, 1].
    """
    if not 0 <= probability <= 1:
        raise ValueError(f"probability must lie in [0, 1], not {probability}")
    draw = {"generator": torch.Generator(ids.device).manual_seed(seed), "device": ids.device}
    special = torch.isin(ids, torch.tensor(special_ids, dtype=ids.dtype, device=ids.device))
    chosen = (torch.rand(ids.shape, **draw) < probability) & ~special
    fate = torch.rand(ids.shape, **draw)
    random_ids = torch.randint(vocab_size, ids.shape, **draw)
    replacements = torch.where(fate < 0.8, mask_id, torch.where(fate < 0.9, random_ids, ids))
    return torch.where(chosen, replacements, ids), torch.where(chosen, ids, IGNORED)


def mlm_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Mean of -log softmax(logits)[label] over the chosen positions, 0 if there are none.

    logits [B, T, V], labels [B, T]. Raises ValueError where the shapes disagree.
    """
    if logits.shape[:-1] != labels.shape:
        raise ValueError(f"labels of shape {tuple(labels.shape)} do not fit logits of shape {tuple(logits.shape)}")
    chosen = labels != IGNORED
    total = F.cross_entropy(logits[chosen], labels[chosen], reduction="sum")  # over [n, V], [n]
    return total / chosen.sum().clamp(min=1)
