# /// wrong
# framework = "torch"
# loses = ["test_gpt2_window"]
# diagnosis = "the text begins with the last context window instead of the prompt"
# diagnosis_zh = "文本从最后一个上下文窗口开始，丢掉了提示的开头"
# ///

import torch


def check(top_k, top_p):
    if top_k is not None and top_k < 1:
        raise ValueError("top_k must be positive")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("top_p must be in (0, 1]")


def filter_logits(logits, top_k, top_p):
    check(top_k, top_p)
    logits = logits.clone()
    if top_k is not None and top_k < len(logits):
        order = torch.sort(logits, descending=True, stable=True).indices
        logits[order[top_k:]] = float("-inf")
    if top_p is not None and top_p < 1:
        ordered, order = torch.sort(logits, descending=True, stable=True)
        probabilities = torch.softmax(ordered.float(), dim=-1)
        remove = torch.cumsum(probabilities, dim=-1) - probabilities >= top_p
        logits[order[remove]] = float("-inf")
    return logits


def generate(next_logits, prompt, max_new_tokens, temperature=1.0, top_k=None, top_p=None, eos_id=None, seed=0):
    if len(prompt) == 0 or max_new_tokens < 0 or temperature < 0:
        raise ValueError("bad prompt, max_new_tokens or temperature")
    check(top_k, top_p)
    generator = torch.Generator().manual_seed(seed)
    ids = [int(token) for token in prompt]
    for _ in range(max_new_tokens):
        logits = next_logits(torch.tensor(ids)).float()
        if temperature == 0:
            token = int(torch.argmax(logits))
        else:
            probabilities = torch.softmax(filter_logits(logits / temperature, top_k, top_p), dim=-1)
            token = int(torch.multinomial(probabilities, 1, generator=generator))
        ids.append(token)
        if token == eos_id:
            break
    return torch.tensor(ids)


def generate_text(model, tokenizer, prompt, max_new_tokens):
    ids = tokenizer(prompt, return_tensors="pt").input_ids
    if ids.shape[1] == 0 or max_new_tokens < 0:
        raise ValueError("bad prompt or max_new_tokens")
    training = model.training
    model.eval()
    with torch.no_grad():
        for _ in range(max_new_tokens):
            ids = ids[:, -model.config.n_positions :]
            logits = model(ids).logits[:, -1]
            token = logits.argmax(dim=-1, keepdim=True)
            ids = torch.cat([ids, token], dim=1)
            if token.item() == tokenizer.eos_token_id:
                break
    model.train(training)
    return tokenizer.decode(ids[0], skip_special_tokens=True)
