# /// right
# framework = "numpy"
# style = "Python loops: a sliding window of the best starts in a deque, each row by itself; Python numbers and lists"
# ///

from collections import deque

import numpy as np


def best_span(start_logits, end_logits, context_mask, max_answer_len):
    if len({len(start_logits), len(end_logits), len(context_mask)}) > 1:
        raise ValueError("lengths differ")
    if max_answer_len <= 0 or not any(context_mask.tolist()):
        raise ValueError("no span is allowed")
    context = np.flatnonzero(context_mask).tolist()
    starts, ends = start_logits.tolist(), end_logits.tolist()
    window = deque()  # starts that may still win, from the best; of equals the earliest is kept in front
    best = None
    for end in context:
        while window and starts[window[-1]] < starts[end]:
            window.pop()
        window.append(end)
        while window[0] <= end - max_answer_len:
            window.popleft()
        start = window[0]
        score = starts[start] + ends[end]
        if best is None or score > best[2] or (score == best[2] and start < best[0]):
            best = (start, end, score)
    return best


def batch_best_span(start_logits, end_logits, context_mask, max_answer_len):
    if not (len(start_logits) == len(end_logits) == len(context_mask)):
        raise ValueError("batches differ")
    rows = [best_span(s, e, m, max_answer_len) for s, e, m in zip(start_logits, end_logits, context_mask, strict=True)]
    starts, ends, scores = zip(*rows, strict=True)
    return np.array(starts), np.array(ends), np.array(scores)


def answer_text(tokens, span):
    start, end = int(span[0]), int(span[1])
    if start < 0 or start > end or end >= len(tokens):
        raise ValueError("no such span")
    words = []
    for token in tokens[start : end + 1]:
        if token.startswith("##"):
            words.append(words.pop() + token[2:] if words else token[2:])
        else:
            words.append(token)
    return " ".join(words)


def no_answer(start, end, mask, threshold):
    *_, score = best_span(start, end, mask, max(1, len(mask)))
    return np.asarray(start[0] + end[0]) > score + threshold
