# /// wrong
# framework = "torch"
# loses = ["test_long_context"]
# also = []
# diagnosis = "a loop in Python over all pairs of positions, slower than the limit"
# diagnosis_zh = "用 Python 循环遍历全部位置对，超出时限"
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
    starts, ends, scores = [], [], []
    for start_row, end_row in zip(start_logits.tolist(), end_logits.tolist(), strict=True):
        best = (0, 0, -math.inf)
        for start, start_logit in enumerate(start_row):
            for end in range(start, min(start + max_answer_len, len(end_row))):
                score = start_logit + end_row[end]
                if score > best[2]:
                    best = (start, end, score)
        starts.append(best[0])
        ends.append(best[1])
        scores.append(best[2])
    return torch.tensor(starts), torch.tensor(ends), torch.tensor(scores, dtype=start_logits.dtype)


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
