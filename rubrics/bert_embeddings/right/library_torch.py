# /// right
# framework = "torch"
# style = "torch.nn.functional.layer_norm; texts padded by hand; numpy arrays as results"
# ///

import math

import torch
import torch.nn.functional as F
from torch.nn.utils.rnn import pad_sequence


def embed(token_ids, segment_ids, params):
    if token_ids.shape != segment_ids.shape:
        raise ValueError("token ids and segment ids must have one shape")
    length = token_ids.shape[1]
    if length > len(params["position"]):
        raise ValueError(f"there are {len(params['position'])} positions, too few for {length} tokens")
    for ids, table in ((token_ids, params["token"]), (segment_ids, params["segment"])):
        if (ids < 0).any() or (ids >= len(table)).any():
            raise ValueError(f"an id is not among the {len(table)} of its table")
    x = params["token"][token_ids] + params["position"][:length] + params["segment"][segment_ids]
    return F.layer_norm(x, x.shape[-1:], params["gamma"], params["beta"], eps=1e-12)


def sentence_embedding(hidden, mask, pooling):
    if mask.shape != hidden.shape[:2]:
        raise ValueError(f"the mask must be {tuple(hidden.shape[:2])}, got {tuple(mask.shape)}")
    if pooling == "cls":
        return hidden[:, 0]
    mask = mask[..., None]
    if pooling == "mean":
        return hidden.masked_fill(~mask, 0).sum(dim=1) / mask.sum(dim=1).clamp(min=1)
    if pooling == "max":
        return hidden.masked_fill(~mask, -math.inf).amax(dim=1).masked_fill(~mask.any(dim=1), 0)
    raise ValueError(f"pooling must be cls, mean or max, got {pooling!r}")


def encode_sentences(model, tokenizer, texts, pooling):
    if not texts:
        raise ValueError("no texts")
    mode = model.training
    encoder = model.eval()
    pieces = tokenizer(texts, truncation=True, max_length=20)["input_ids"]
    mask = pad_sequence([torch.ones(len(p), dtype=torch.bool) for p in pieces], batch_first=True)
    ids = pad_sequence([torch.tensor(p) for p in pieces], batch_first=True, padding_value=tokenizer.pad_token_id)
    with torch.inference_mode():
        vectors = sentence_embedding(encoder(ids, attention_mask=mask.long())[0], mask, pooling)
    model.train(mode)
    return vectors.numpy()
