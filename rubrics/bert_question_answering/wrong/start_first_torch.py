# /// wrong
# framework = "torch"
# loses = ["test_joint_choice", "test_best_span"]
# also = [
#     "test_length_cap",
#     "test_context",
#     "test_ties",
#     "test_large_logits",
#     "test_batch",
#     "test_long_context",
#     "test_arguments_untouched",
#     "test_bad_arguments",
#     "test_no_answer",
# ]
# diagnosis = "the best start is taken first, and then the best end after it"
# diagnosis_zh = "先取最好的开头，再在其后取最好的结尾"
# ///

import math

import torch
import torch.nn.functional as F


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
    if not context_mask.any(dim=1).all():
        raise ValueError("a text has no context token")
    start_logits = start_logits.masked_fill(~context_mask, -math.inf)
    end_logits = end_logits.masked_fill(~context_mask, -math.inf)
    starts = start_logits.argmax(dim=1, keepdim=True)
    distance = torch.arange(start_logits.shape[1]) - starts
    after = end_logits.masked_fill((distance < 0) | (distance >= max_answer_len), -math.inf)
    ends = after.argmax(dim=1, keepdim=True)
    scores = start_logits.gather(1, starts) + end_logits.gather(1, ends)
    return starts[:, 0], ends[:, 0], scores[:, 0]


def window_maximum(x, width):
    """[B, T] -> [B, T]: the maximum of x[t], ..., x[t + width - 1], from maxima of windows half as wide."""
    reach = 1
    while reach < min(width, x.shape[1]):
        step = min(reach, width - reach)
        ahead = F.pad(x[:, step:], (0, step), value=-math.inf)
        x, reach = torch.maximum(x, ahead), reach + step
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
