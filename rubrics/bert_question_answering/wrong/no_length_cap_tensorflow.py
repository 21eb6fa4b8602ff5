# /// wrong
# framework = "tensorflow"
# loses = ["test_length_cap"]
# also = [
#     "test_best_span",
#     "test_batch",
#     "test_long_context",
#     "test_ties",
#     "test_large_logits",
#     "test_context",
#     "test_arguments_untouched",
#     "test_bad_arguments",
# ]
# diagnosis = "max_answer_len is not applied"
# diagnosis_zh = "没有应用 max_answer_len"
# ///

import math

import tensorflow as tf


def best_span(start_logits, end_logits, context_mask, max_answer_len):
    """Three [T] -> (start, end, score): the best span within the context, both ends inclusive.

    Raises ValueError as `batch_best_span` does.
    """
    row = batch_best_span(start_logits[None], end_logits[None], context_mask[None], max_answer_len)
    return tuple(column[0] for column in row)


def batch_best_span(start_logits, end_logits, context_mask, max_answer_len):
    """Three [B, T] -> (starts [B], ends [B], scores [B]), in O(T log max_answer_len) a row.

    Raises ValueError where shapes differ, for a row without context, and for a max_answer_len below 1.
    """
    if not start_logits.shape == end_logits.shape == context_mask.shape:
        raise ValueError("start logits, end logits and context mask must have one shape")
    if max_answer_len < 1:
        raise ValueError(f"max_answer_len must be at least 1, got {max_answer_len}")
    if not tf.reduce_all(tf.reduce_any(context_mask, axis=1)):
        raise ValueError("a text has no context token")
    max_answer_len = start_logits.shape[1]
    start_logits = tf.where(context_mask, start_logits, -math.inf)
    end_logits = tf.where(context_mask, end_logits, -math.inf)
    scores = start_logits + window_maximum(end_logits, max_answer_len)  # of the best span from each start
    best = tf.reduce_max(scores, axis=1)
    starts = first(scores == best[:, None])
    distance = tf.range(scores.shape[1]) - starts[:, None]
    reached = tf.gather(start_logits, starts[:, None], batch_dims=1) + end_logits == best[:, None]
    ends = first(reached & (distance >= 0) & (distance < max_answer_len))
    return starts, ends, best


def first(condition):
    """[B, T] boolean -> [B]: the first position that is True. (`tf.argmax` leaves open which of equals it finds.)"""
    return tf.reduce_min(tf.where(condition, tf.range(condition.shape[1]), condition.shape[1]), axis=1)


def window_maximum(x, width):
    """[B, T] -> [B, T]: the maximum of x[t], ..., x[t + width - 1], from maxima of windows half as wide."""
    reach = 1
    while reach < min(width, x.shape[1]):
        step = min(reach, width - reach)
        ahead = tf.pad(x[:, step:], [[0, 0], [0, step]], constant_values=-math.inf)
        x, reach = tf.maximum(x, ahead), reach + step
    return x


def answer_text(tokens, span):
    """The words of tokens[start], ..., tokens[end]: pieces that begin with ## are joined to the token before them.

    Raises ValueError unless 0 <= start <= end < len(tokens).
    """
    start, end = span
    if not 0 <= start <= end < len(tokens):
        raise ValueError(f"({start}, {end}) is no span of {len(tokens)} tokens")
    return " ".join(tokens[start : end + 1]).replace(" ##", "").removeprefix("##")


def no_answer(start, end, mask, threshold):
    """Three [T] -> whether start[0] + end[0] exceeds the best span's score by more than `threshold`.

    Raises ValueError as `best_span` does.
    """
    score = best_span(start, end, mask, len(start))[2]
    return bool(start[0] + end[0] - score > threshold)
