# /// right
# framework = "torch"
# style = "max pooling for the window, in float64; 32-bit indices, and numpy arrays as results"
# ///

import re

import numpy as np
import torch
from torch.nn.functional import max_pool1d, pad

LOWEST = -1e30


def batch_best_span(start_logits, end_logits, context_mask, max_answer_len):
    if start_logits.size() != end_logits.size() or context_mask.size() != end_logits.size():
        raise ValueError("shapes")
    if max_answer_len < 1 or (~context_mask).all(-1).any():
        raise ValueError("no span")
    length = start_logits.size(-1)
    width = min(max_answer_len, length)
    start = torch.where(context_mask, start_logits.double(), LOWEST)
    end = torch.where(context_mask, end_logits.double(), LOWEST)
    ahead = max_pool1d(pad(end, (0, width - 1), value=LOWEST)[:, None], width, stride=1)[:, 0]
    score, first = (start + ahead).max(-1)
    first = torch.stack([torch.nonzero(row == top)[0, 0] for row, top in zip(start + ahead, score, strict=True)])
    last = []
    for row, begin in enumerate(first.tolist()):
        window = start[row, begin] + end[row, begin : begin + width]
        last.append(begin + int(torch.nonzero(window == score[row])[0, 0]))
    return first.int().numpy(), np.array(last, np.int32), score.numpy()


def best_span(start_logits, end_logits, context_mask, max_answer_len):
    spans = batch_best_span(
        start_logits.unsqueeze(0), end_logits.unsqueeze(0), context_mask.unsqueeze(0), max_answer_len
    )
    return spans[0].item(), spans[1].item(), spans[2].item()


def answer_text(tokens, span):
    first, last = span
    if first < 0 or last < first or last > len(tokens) - 1:
        raise ValueError("span")
    return re.sub(r"(^| )##", "", " ".join(tokens[first : last + 1]))


def no_answer(start, end, mask, threshold):
    score = best_span(start, end, mask, len(mask))[-1]
    return torch.tensor(start[0].item() + end[0].item() > threshold + score)
