import torch


def filter_logits(logits, top_k, top_p):
    if top_k is not None and top_k < 1 or top_p is not None and not 0 < top_p <= 1:
        raise ValueError("top_k or top_p")
    keep, order = torch.ones_like(logits, dtype=torch.bool), torch.argsort(logits, descending=True, stable=True)
    if top_k is not None:
        keep[order[top_k:]] = False
    if top_p is not None and top_p < 1:
        p = torch.where(keep, logits.float(), -torch.inf).softmax(0)[order]
        keep[order[p.cumsum(0) - p >= top_p]] = False
    return torch.where(keep, logits, -torch.inf)


def generate(next_logits, prompt, max_new_tokens, temperature=1.0, top_k=None, top_p=None, eos_id=None, seed=0):
    generator = torch.Generator().manual_seed(seed)
    ids = [int(i) for i in prompt]
    if not ids or max_new_tokens < 0 or temperature < 0:
        raise ValueError("bad arguments")
    for _ in range(max_new_tokens):
        logits = next_logits(torch.tensor(ids)).double()
        if temperature == 0:
            ids.append(int(logits.argmax()))
        else:
            p = filter_logits(logits / temperature, top_k, top_p).softmax(0)
            ids.append(int(torch.multinomial(p, 1, generator=generator)))
        if ids[-1] == eos_id:
            break
    return " ".join(str(i) for i in ids)


@torch.no_grad()
def generate_text(model, tokenizer, prompt, max_new_tokens):
    ids = tokenizer.encode(prompt)
    if not ids or max_new_tokens < 0:
        raise ValueError("nothing to do")
    model.eval()
    for _ in range(max_new_tokens):
        logits = model(torch.tensor([ids[-model.config.n_positions :]])).logits
        ids.append(int(logits[0, -1].argmax()))
        if ids[-1] == tokenizer.eos_token_id:
            break
    return tokenizer.decode(ids, skip_special_tokens=True)
