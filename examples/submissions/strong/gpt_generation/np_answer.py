import numpy as np


def softmax(x):
    e = np.exp(x - np.max(x))
    return e / e.sum()


def check(top_k, top_p):
    if top_k is not None and top_k <= 0:
        raise ValueError("top_k must be positive")
    if top_p is not None and not (0 < top_p <= 1):
        raise ValueError("top_p must be in (0, 1]")


def filter_logits(logits, top_k, top_p):
    check(top_k, top_p)
    size = logits.shape[0]
    # lexsort's last key is the first criterion: by logit downwards, then by id upwards
    order = np.lexsort((np.arange(size), -logits.astype(np.float64)))
    if top_k is not None:
        order = order[:top_k]
    if top_p is not None and top_p < 1:
        mass = np.cumsum(softmax(logits[order].astype(np.float64)))
        order = order[: int(np.searchsorted(mass, top_p)) + 1]
    result = np.full(size, -np.inf, dtype=logits.dtype)
    result[order] = logits[order]
    return result


class Sampler:
    """Chooses one token of a distribution at a time."""

    def __init__(self, temperature, top_k, top_p, seed):
        if temperature < 0:
            raise ValueError("temperature must not be negative")
        check(top_k, top_p)
        self.temperature, self.top_k, self.top_p = temperature, top_k, top_p
        self.rng = np.random.default_rng([seed, 0x6770])

    def __call__(self, logits):
        logits = np.asarray(logits, dtype=np.float64)
        if self.temperature == 0:
            return int(np.argmax(logits))
        probs = softmax(filter_logits(logits / self.temperature, self.top_k, self.top_p))
        cdf = np.cumsum(probs)
        return int(np.searchsorted(cdf, self.rng.random() * cdf[-1], side="right"))


def generate(next_logits, prompt, max_new_tokens, temperature=1.0, top_k=None, top_p=None, eos_id=None, seed=0):
    ids = [int(i) for i in prompt]
    if not ids:
        raise ValueError("the prompt is empty")
    if max_new_tokens < 0:
        raise ValueError("max_new_tokens must not be negative")
    choose = Sampler(temperature, top_k, top_p, seed)
    while max_new_tokens > 0:
        token = choose(next_logits(np.array(ids, dtype=np.int64)))
        ids.append(token)
        max_new_tokens -= 1
        if eos_id is not None and token == eos_id:
            break
    return ids
