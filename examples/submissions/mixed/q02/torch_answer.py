import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    if q.size(-1) != k.size(-1):
        raise ValueError("q and k must have the same depth")
    if k.size(-2) != v.size(-2):
        raise ValueError("k and v must have the same length")
    scores = torch.matmul(q, k.transpose(-2, -1))  # to do: the scale
    if mask is None:
        weights = torch.softmax(scores, dim=-1)
    else:
        if mask.size(-1) not in (1, scores.size(-1)):
            raise ValueError("mask and keys must have the same length")
        weights = torch.softmax(scores.masked_fill(~mask, torch.finfo(scores.dtype).min), dim=-1)
        weights = weights * mask
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
