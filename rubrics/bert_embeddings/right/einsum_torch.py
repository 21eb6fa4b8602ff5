# /// right
# framework = "torch"
# style = "torch.nn.functional.embedding, torch.var_mean, einsum, nan_to_num; encoding in groups of equal length without padding"
# ///

import torch
from torch.nn.functional import embedding


def embed(token_ids, segment_ids, params):
    if token_ids.size() != segment_ids.size() or token_ids.size(1) > params["position"].size(0):
        raise ValueError("sizes")
    if token_ids.min() < 0 or token_ids.max() >= params["token"].size(0):
        raise ValueError("token id")
    if segment_ids.min() < 0 or segment_ids.max() >= params["segment"].size(0):
        raise ValueError("segment id")
    x = embedding(segment_ids, params["segment"])
    x = x + embedding(token_ids, params["token"])
    x = x + embedding(torch.arange(token_ids.size(1)).expand_as(token_ids), params["position"])
    variance, mean = torch.var_mean(x, -1, correction=0, keepdim=True)
    return torch.addcmul(params["beta"], (x - mean) * torch.rsqrt(variance + 1e-12), params["gamma"])


def sentence_embedding(hidden, mask, pooling):
    if list(mask.shape) != list(hidden.shape[:2]):
        raise ValueError("mask")
    if pooling == "cls":
        return hidden.select(1, 0)
    clean = torch.where(mask.unsqueeze(-1), hidden, torch.zeros_like(hidden))
    if pooling == "mean":
        weights = mask.to(hidden.dtype) / mask.sum(1, keepdim=True).clamp(min=1)
        return torch.einsum("bt,btd->bd", weights, clean)
    if pooling == "max":
        lowest = torch.finfo(hidden.dtype).min
        greatest = torch.where(mask.unsqueeze(-1), hidden, torch.full_like(hidden, lowest)).max(dim=1).values
        return torch.where(mask.any(1, keepdim=True), greatest, torch.zeros_like(greatest))
    raise ValueError("pooling")


def encode_sentences(model, tokenizer, texts, pooling):
    if len(texts) == 0 or pooling not in {"cls", "mean", "max"}:
        raise ValueError("texts or pooling")
    was_training = model.training
    model.train(False)
    rows = []
    for text in texts:
        ids = tokenizer.encode(text, add_special_tokens=False)[: model.config.max_position_embeddings - 2]
        ids = torch.tensor([[tokenizer.cls_token_id, *ids, tokenizer.sep_token_id]])
        hidden = model(input_ids=ids)[0]
        rows.append(sentence_embedding(hidden, torch.ones_like(ids).bool(), pooling))
    model.train(was_training)
    return torch.vstack(rows)
