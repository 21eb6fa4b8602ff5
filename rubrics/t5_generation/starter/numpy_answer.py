"""Text to text: decoder inputs, span corruption, greedy decoding."""

from collections.abc import Callable

import numpy as np


def shift_right(labels: np.ndarray, decoder_start_id: int, pad_id: int) -> np.ndarray:
    """[B, T] labels -> [B, T]: what the decoder reads to predict them; -100 is read as `pad_id`."""
    raise NotImplementedError


def corrupt_spans(
    ids: np.ndarray | list[int], spans: list[tuple[int, int]], sentinel_ids: np.ndarray | list[int]
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
    step_logits: Callable[[np.ndarray, np.ndarray], np.ndarray],
    input_ids: np.ndarray | list[int],
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
