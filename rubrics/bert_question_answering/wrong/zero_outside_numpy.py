# /// wrong
# framework = "numpy"
# loses = ["test_context", "test_large_logits"]
# also = [
#     "test_no_answer",
#     "test_batch",
#     "test_ties",
#     "test_bad_arguments",
#     "test_arguments_untouched",
#     "test_best_span",
#     "test_length_cap",
# ]
# diagnosis = "a product with the mask makes logits outside of the context 0, above negative ones inside"
# diagnosis_zh = "用乘以掩码的办法把上下文以外的 logit 置零，上下文的 logit 为负时它们反而胜出"
# ///

import numpy as np


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
    if not context_mask.any(axis=1).all():
        raise ValueError("a text has no context token")
    start_logits = start_logits * context_mask
    end_logits = end_logits * context_mask
    scores = start_logits + window_maximum(end_logits, max_answer_len)  # of the best span from each start
    starts, best = scores.argmax(axis=1), scores.max(axis=1)  # argmax is the first of equals
    distance = np.arange(scores.shape[1]) - starts[:, None]
    reached = np.take_along_axis(start_logits, starts[:, None], axis=1) + end_logits == best[:, None]
    ends = (reached & (distance >= 0) & (distance < max_answer_len)).argmax(axis=1)
    return starts, ends, best


def window_maximum(x, width):
    """[B, T] -> [B, T]: the maximum of x[t], ..., x[t + width - 1], from maxima of windows half as wide."""
    reach = 1
    while reach < min(width, x.shape[1]):
        step = min(reach, width - reach)
        ahead = np.pad(x[:, step:], ((0, 0), (0, step)), constant_values=-np.inf)
        x, reach = np.maximum(x, ahead), reach + step
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
