"""Masked language modelling, as in BERT."""

from torch import Tensor


def mask_tokens(
    ids: Tensor,
    mask_id: int,
    vocab_size: int,
    special_ids: list[int],
    probability: float = 0.15,
    seed: int = 0,
) -> tuple[Tensor, Tensor]:
    """Choose the tokens to predict, and corrupt them.

    Args:
        ids: [B, T], int64, token ids in 0 … vocab_size - 1; they must not change.
        mask_id: the id that stands for a masked token.
        vocab_size: the number of ids in the vocabulary.
        special_ids: ids that are never chosen; the list may be empty.
        probability: the chance of an ordinary position to be chosen, in [0, 1].
        seed: 0 or more; the same arguments give the same result.

    Returns:
        (inputs, labels), both [B, T], int64: the corrupted ids, and the original id where a position is chosen,
        -100 elsewhere.

    Raises:
        ValueError: for a probability outside [0, 1].
    """
    raise NotImplementedError


def mlm_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Mean cross-entropy (natural logarithm) over the chosen positions.

    Args:
        logits: [B, T, V], float32.
        labels: [B, T], int64; -100 where a position does not count.

    Returns:
        The loss, a 0-d tensor, differentiable in `logits`; 0 where no position counts.

    Raises:
        ValueError: for labels whose shape is not the [B, T] of the logits.
    """
    raise NotImplementedError
