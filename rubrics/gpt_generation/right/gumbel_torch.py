# /// right
# framework = "torch"
# style = "Gumbel noise in place of multinomial; generate_text by the library's own generate within the window"
# ///

import torch


def filter_logits(logits, top_k, top_p):
    if top_k is not None and top_k < 1:
        raise ValueError("top_k")
    if top_p is not None and not (0 < top_p <= 1):
        raise ValueError("top_p")
    values, order = torch.sort(
        logits.float() if logits.dtype == torch.float16 else logits, descending=True, stable=True
    )
    drop = torch.zeros(len(logits), dtype=torch.bool)
    if top_k is not None:
        drop[top_k:] = True
    if top_p is not None and top_p < 1:
        probs = torch.softmax(values.double().masked_fill(drop, float("-inf")), 0)
        drop |= torch.cat([torch.zeros(1, dtype=torch.double), probs.cumsum(0)[:-1]]) >= top_p
    out = logits.clone()
    out[order[drop]] = float("-inf")
    return out


def generate(next_logits, prompt, max_new_tokens, temperature=1.0, top_k=None, top_p=None, eos_id=None, seed=0):
    if len(prompt) == 0 or max_new_tokens < 0 or temperature < 0:
        raise ValueError("prompt, max_new_tokens or temperature")
    if (top_k is not None and top_k < 1) or (top_p is not None and not 0 < top_p <= 1):
        raise ValueError("top_k or top_p")
    gen = torch.Generator()
    gen.manual_seed(seed)
    ids = [int(token) for token in prompt]
    for _ in range(max_new_tokens):
        logits = torch.as_tensor(next_logits(torch.tensor(ids))).double()
        if temperature == 0:
            token = int(logits.argmax())
        else:
            noise = torch.empty(len(logits), dtype=torch.double).exponential_(generator=gen).log()
            token = int((filter_logits(logits / temperature, top_k, top_p) - noise).argmax())
        ids.append(token)
        if token == eos_id:
            break
    return torch.tensor(ids)


def generate_text(model, tokenizer, prompt, max_new_tokens):
    if max_new_tokens < 0:
        raise ValueError("max_new_tokens")
    ids = tokenizer(prompt, return_tensors="pt").input_ids[0].tolist()
    if not ids:
        raise ValueError("an empty prompt")
    was = model.training
    model.eval()
    window = model.config.n_positions
    with torch.inference_mode():
        for _ in range(max_new_tokens):
            context = torch.tensor([ids[-window:]])
            ids.append(int(model(input_ids=context, use_cache=False).logits[0, -1].argmax()))
            if ids[-1] == tokenizer.eos_token_id:
                break
    model.train(was)
    return tokenizer.decode(ids, skip_special_tokens=True)
