"""Sampling text from a language model, one token at a time, with temperature, top-k and nucleus truncation.

Top-k: Fan, Lewis and Dauphin, "Hierarchical Neural Story Generation" (2018), section 5.
Nucleus (top-p): Holtzman et al., "The Curious Case of Neural Text Degeneration" (2020), section 3.1.
"""

import math

import torch


def filter_logits(logits, top_k, top_p):
    """[V] -> [V]: the logits of the `top_k` greatest and, of these, of the smallest set that holds `top_p`; else -inf.

    Raises ValueError unless top_k >= 1 and 0 < top_p <= 1 (None: no limit).
    """
    if top_k is not None and top_k < 1:
        raise ValueError(f"top_k must be at least 1, got {top_k}")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError(f"top_p must lie in (0, 1], got {top_p}")
    ranked = torch.argsort(logits, descending=True, stable=True)[:top_k]  # greatest first, equals by id
    probabilities = torch.softmax(logits[ranked].double(), dim=0)
    greater = probabilities.cumsum(dim=0) - probabilities  # what the greater ones hold together
    kept = ranked[greater < (math.inf if top_p in (None, 1) else top_p)]
    filtered = torch.full_like(logits, -math.inf)
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
    generator = torch.Generator().manual_seed(seed)
    ids = torch.as_tensor(prompt, dtype=torch.int64)
    for _ in range(max_new_tokens):
        logits = next_logits(ids).double()
        if temperature == 0:
            token = filter_logits(logits, top_k, top_p).argmax()
        else:
            probabilities = torch.softmax(filter_logits(logits / temperature, top_k, top_p), dim=0)
            token = torch.multinomial(probabilities, 1, generator=generator)
        ids = torch.cat([ids, token.reshape(1)])
        if token == eos_id:
            break
    return ids


@torch.no_grad()
def generate_text(model, tokenizer, prompt, max_new_tokens):
    """The prompt and its greedy continuation by a `transformers` GPT-2, which reads its last `n_positions` tokens.

    Raises ValueError for a prompt without tokens and a negative max_new_tokens.
    """

    def next_logits(ids):
        return model(ids[None, -model.config.n_positions :]).logits[0, -1]

    training = model.training
    model.eval()
    try:
        ids = tokenizer.encode(prompt)
        ids = generate(next_logits, ids, max_new_tokens, temperature=0, eos_id=tokenizer.eos_token_id)
    finally:
        model.train(training)
    return tokenizer.decode(ids, skip_special_tokens=True)
