# /// wrong
# framework = "numpy"
# loses = ["test_nucleus", "test_top_k_then_nucleus", "test_ties", "test_truncation"]
# also = ["test_extreme_logits", "test_arguments_untouched", "test_half_precision", "test_large_vocabulary"]
# diagnosis = "a nucleus without the token that reaches top_p"
# diagnosis_zh = "核中缺少使总和达到 top_p 的那个词元"
# ///

import numpy as np


def check(top_k, top_p):
    if top_k is not None and top_k < 1:
        raise ValueError("top_k must be positive")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("top_p must be in (0, 1]")


def softmax(x):
    x = np.asarray(x, dtype=np.float64)
    e = np.exp(x - np.max(x))
    return e / e.sum()


def filter_logits(logits, top_k, top_p):
    check(top_k, top_p)
    logits = np.array(logits)
    if top_k is not None and top_k < len(logits):
        order = np.argsort(-logits, kind="stable")
        logits[order[top_k:]] = -np.inf
    if top_p is not None and top_p < 1:
        order = np.argsort(-logits, kind="stable")
        cumulative = np.cumsum(softmax(logits[order]))
        size = max(np.searchsorted(cumulative, top_p), 1)
        logits[order[size:]] = -np.inf
    return logits


def generate(next_logits, prompt, max_new_tokens, temperature=1.0, top_k=None, top_p=None, eos_id=None, seed=0):
    if len(prompt) == 0 or max_new_tokens < 0 or temperature < 0:
        raise ValueError("bad prompt, max_new_tokens or temperature")
    check(top_k, top_p)
    rng = np.random.default_rng(seed)
    ids = [int(token) for token in prompt]
    for _ in range(max_new_tokens):
        logits = next_logits(np.array(ids)).astype(np.float64)
        if temperature == 0:
            token = int(np.argmax(logits))
        else:
            token = int(rng.choice(len(logits), p=softmax(filter_logits(logits / temperature, top_k, top_p))))
        ids.append(token)
        if token == eos_id:
            break
    return np.array(ids)
