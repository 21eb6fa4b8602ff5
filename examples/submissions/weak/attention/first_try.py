import numpy as np


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = np.sqrt(-np.ones((*q.shape[:-1], k.shape[-2]), q.dtype))
    return scores @ v, scores


def multi_head_attention(query, key, value, params, num_heads, mask=None):
    return np.full_like(query, np.nan)
