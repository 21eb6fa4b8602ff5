"""Text to text: decoder inputs, span corruption, greedy decoding."""

from collections.abc import Callable

from torch import Tensor


def shift_right(labels: Tensor, decoder_start_id: int, pad_id: int) -> Tensor:
    """[B, T] labels -> [B, T]: what the decoder reads to predict them; -100 is read as `pad_id`."""
    raise NotImplementedError


def corrupt_spans(
    ids: Tensor | list[int], spans: list[tuple[int, int]], sentinel_ids: Tensor | list[int]
) -> tuple[list[int], list[int]]:
    """Hide spans of a text behind sentinels.

    Args:
        ids: [T], the text.
        spans: half-open, in order, not overlapping, none of them empty.
        sentinel_ids: one for each span and one for the end of the targets, or more.

    Returns:
        inputs and targets, both 1-D.

    Raises:
        ValueError: for other spans, and for too few sentinels.
    """
    raise NotImplementedError


def greedy_decode(
    step_logits: Callable[[Tensor, Tensor], Tensor],
    input_ids: Tensor | list[int],
    start_id: int,
    eos_id: int,
    max_length: int,
) -> list[int]:
    """Write the most likely token at each step.

    Args:
        step_logits: takes the input's ids [S] and all ids written so far, and returns the next one's logits [V].
        input_ids: [S].
        start_id: begins the result, and never ends it.
        eos_id: ends the result, and is part of it.
        max_length: how many ids the result has at most, `start_id` among them; 1 or more.

    Returns:
        [L] ids.

    Raises:
        ValueError: for a max_length below 1.
    """
    raise NotImplementedError
