# /// right
# framework = "numpy"
# style = "inverse transform sampling over sorted probabilities; lists"
# ///

import bisect
import random

import numpy as np


def filter_logits(logits, top_k, top_p):
    if (top_k is not None and top_k <= 0) or (top_p is not None and (top_p <= 0 or top_p > 1)):
        raise ValueError("top_k or top_p")
    order = sorted(range(len(logits)), key=lambda i: (-float(logits[i]), i))
    order = order[: len(order) if top_k is None else top_k]
    if top_p is not None and top_p < 1:
        shifted = np.exp(logits[order].astype(np.float64) - float(logits[order[0]]))
        total, reached, kept = shifted.sum(), 0.0, []
        for i, weight in zip(order, shifted):
            kept.append(i)
            reached += weight / total
            if reached >= top_p:
                break
        order = kept
    out = np.full(len(logits), -np.inf, dtype=logits.dtype)
    for i in order:
        out[i] = logits[i]
    return out


def generate(next_logits, prompt, max_new_tokens, temperature=1.0, top_k=None, top_p=None, eos_id=None, seed=0):
    if len(prompt) < 1 or max_new_tokens < 0 or temperature < 0:
        raise ValueError("prompt, max_new_tokens or temperature")
    filter_logits(np.zeros(1), top_k, top_p)
    rng = random.Random(seed)
    ids = [int(i) for i in prompt]
    while max_new_tokens > 0:
        max_new_tokens -= 1
        logits = np.asarray(next_logits(ids)).astype(np.float64)
        if temperature == 0:
            ids.append(int(np.argmax(logits)))
        else:
            kept = filter_logits(logits / temperature, top_k, top_p)
            sums = np.cumsum(np.exp(kept - kept.max()))
            place = bisect.bisect_right(sums.tolist(), rng.random() * float(sums[-1]))
            ids.append(min(place, len(sums) - 1))
        if eos_id is not None and ids[-1] == eos_id:
            break
    return ids
