import torch


def filter_logits(logits, top_k, top_p):
    raise NotImplementedError("no time left")


def generate(next_logits, prompt, max_new_tokens, temperature=1.0, top_k=None, top_p=None, eos_id=None, seed=0):
    raise NotImplementedError("no time left")


def generate_text(model, tokenizer, prompt, max_new_tokens):
    return prompt + "..."
