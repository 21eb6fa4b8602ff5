import math

import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = torch.matmul(q, k.transpose(-2, -1)) / math.sqrt(q.size(-1))
    if mask is not None:
        scores = scores.masked_fill(mask == 0, -math.inf)  # a row of -inf becomes NaN in the softmax
    weights = torch.softmax(scores, dim=-1)
    return torch.matmul(weights, v), weights


def multi_head_attention(query, key, value, params, num_heads, mask=None):
    B, Tq, D = query.shape
    if num_heads < 1:
        raise ValueError("num_heads")
    if D % num_heads != 0:
        raise ValueError("D % num_heads")
    d = D // num_heads
    q = (query @ params["wq"] + params["bq"]).view(B, Tq, num_heads, d).transpose(1, 2)
    k = (key @ params["wk"] + params["bk"]).view(B, key.size(1), num_heads, d).transpose(1, 2)
    v = (value @ params["wv"] + params["bv"]).view(B, value.size(1), num_heads, d).transpose(1, 2)
    x, _ = scaled_dot_product_attention(q, k, v, mask)
    return x.transpose(1, 2).reshape(B, Tq, D) @ params["wo"] + params["bo"]
