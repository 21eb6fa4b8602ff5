"""Sampling text from a language model, one token at a time, with temperature, top-k and nucleus truncation.

Top-k: Fan, Lewis and Dauphin, "Hierarchical Neural Story Generation" (2018), section 5.
Nucleus (top-p): Holtzman et al., "The Curious Case of Neural Text Degeneration" (2020), section 3.1.
"""

import math

import numpy as np


def softmax(logits):
    """[V] -> [V], in double precision: exp(l_i) / sum_j exp(l_j), shifted by the maximum."""
    shifted = np.exp(logits.astype(np.float64) - logits.max())
    return shifted / shifted.sum()


def filter_logits(logits, top_k, top_p):
    """[V] -> [V]: the logits of the `top_k` greatest and, of these, of the smallest set that holds `top_p`; else -inf.

    Raises ValueError unless top_k >= 1 and 0 < top_p <= 1 (None: no limit).
    """
    if top_k is not None and top_k < 1:
        raise ValueError(f"top_k must be at least 1, got {top_k}")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError(f"top_p must lie in (0, 1], got {top_p}")
    ranked = np.argsort(-logits, kind="stable")[:top_k]  # greatest first, equals by id
    probabilities = softmax(logits[ranked])
    greater = np.cumsum(probabilities) - probabilities  # what the greater ones hold together
    kept = ranked[greater < (math.inf if top_p in (None, 1) else top_p)]
    filtered = np.full_like(logits, -np.inf)
    filtered[kept] = logits[kept]
    return filtered


def generate(next_logits, prompt, max_new_tokens, temperature=1.0, top_k=None, top_p=None, eos_id=None, seed=0):
    """[T] -> [T + n], n <= max_new_tokens: each token ~ softmax(filter(logits / temperature)), up to `eos_id`.

    Raises ValueError for an empty prompt, a negative max_new_tokens or temperature, and as `filter_logits` does.
    """
    if len(prompt) == 0:
        raise ValueError("the prompt must hold at least one token")
    if max_new_tokens < 0:
        raise ValueError(f"max_new_tokens must not be negative, got {max_new_tokens}")
    if temperature < 0:
        raise ValueError(f"temperature must not be negative, got {temperature}")
    rng = np.random.default_rng(seed)
    ids = np.array(prompt, dtype=np.int64)
    for _ in range(max_new_tokens):
        logits = next_logits(ids).astype(np.float64)
        if temperature == 0:
            token = filter_logits(logits, top_k, top_p).argmax()
        else:
            token = rng.choice(len(logits), p=softmax(filter_logits(logits / temperature, top_k, top_p)))
        ids = np.append(ids, token)
        if token == eos_id:
            break
    return ids
