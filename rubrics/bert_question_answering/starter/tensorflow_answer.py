"""Extractive question answering: from start and end logits to an answer."""

import tensorflow as tf


def best_span(
    start_logits: tf.Tensor, end_logits: tf.Tensor, context_mask: tf.Tensor, max_answer_len: int
) -> tuple[int, int, float]:
    """Find the span with the greatest sum of start and end logit.

    Args:
        start_logits, end_logits: [T], float32 or float64.
        context_mask: [T], boolean: True for the tokens of the context, one unbroken run.
        max_answer_len: the most tokens that a span may have, 1 or more.

    Returns:
        start, end (both inclusive) and score. Of equal scores the earliest start, then the earliest end.

    Raises:
        ValueError: for shapes that differ, a text without context, or a max_answer_len below 1.
    """
    raise NotImplementedError


def batch_best_span(
    start_logits: tf.Tensor, end_logits: tf.Tensor, context_mask: tf.Tensor, max_answer_len: int
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Three arrays [B, T] -> starts [B], ends [B], scores [B]: `best_span` of each row.

    Raises:
        ValueError: as `best_span` does, for any of the rows.
    """
    raise NotImplementedError


def answer_text(tokens: list[str], span: tuple[int, int]) -> str:
    """Join the word pieces of a span, both of whose ends are inclusive.

    Raises:
        ValueError: unless 0 <= start <= end < len(tokens).
    """
    raise NotImplementedError


def no_answer(start: tf.Tensor, end: tf.Tensor, mask: tf.Tensor, threshold: float) -> bool:
    """Three arrays [T] -> whether start[0] + end[0] exceeds the best span's score by more than `threshold`.

    Raises:
        ValueError: as `best_span` does.
    """
    raise NotImplementedError
