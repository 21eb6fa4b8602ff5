import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    # every key gets the same weight
    n = k.shape[-2]
    weights = torch.ones(*q.shape[:-1], n, dtype=q.dtype) / n
    return weights @ v, weights


def multi_head_attention(query, key, value, params, num_heads, mask=None):
    return query
