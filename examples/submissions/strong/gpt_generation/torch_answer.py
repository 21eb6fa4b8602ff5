from contextlib import contextmanager

import torch

NEVER = float("-inf")


def filter_logits(logits, top_k, top_p):
    if top_k is not None and top_k < 1:
        raise ValueError(f"top_k={top_k}")
    if top_p is not None and (top_p <= 0 or top_p > 1):
        raise ValueError(f"top_p={top_p}")

    values, ids = logits.sort(descending=True, stable=True)
    drop = torch.zeros_like(values, dtype=torch.bool)
    if top_k is not None:
        drop[top_k:] = True
    if top_p is not None and top_p < 1.0:
        probs = values.double().masked_fill(drop, NEVER).softmax(dim=0)
        before = torch.cat([probs.new_zeros(1), probs.cumsum(dim=0)[:-1]])
        drop |= before >= top_p
    return logits.masked_fill(torch.zeros_like(drop).scatter(0, ids, drop), NEVER)


def generate(next_logits, prompt, max_new_tokens, temperature=1.0, top_k=None, top_p=None, eos_id=None, seed=0):
    text = list(prompt.tolist() if isinstance(prompt, torch.Tensor) else prompt)
    if len(text) == 0 or max_new_tokens < 0 or temperature < 0:
        raise ValueError("need a prompt, max_new_tokens >= 0 and temperature >= 0")
    filter_logits(torch.zeros(2), top_k, top_p)  # complains about bad values even if nothing is to be drawn

    rng = torch.Generator()
    rng.manual_seed(seed)
    for _ in range(max_new_tokens):
        logits = next_logits(torch.tensor(text)).double()
        if temperature:
            logits = filter_logits(logits / temperature, top_k, top_p)
            # Gumbel-max: the argmax of logits plus Gumbel noise is a draw from their softmax
            uniform = torch.rand(logits.shape, dtype=torch.double, generator=rng)
            logits = logits - torch.log(-torch.log(uniform))
        token = int(torch.argmax(logits))
        text.append(token)
        if token == eos_id:
            break
    return torch.tensor(text)


@contextmanager
def without_dropout(model):
    was_training = model.training
    model.eval()
    try:
        with torch.inference_mode():
            yield model
    finally:
        model.train(was_training)


def generate_text(model, tokenizer, prompt, max_new_tokens):
    window = model.config.n_positions
    ids = tokenizer(prompt)["input_ids"]

    with without_dropout(model):

        def last_row(text):
            return model(input_ids=text[-window:].unsqueeze(0), use_cache=False).logits[0, -1, :]

        text = generate(last_row, ids, max_new_tokens, temperature=0.0, eos_id=tokenizer.eos_token_id)
    return tokenizer.decode(text, skip_special_tokens=True)
