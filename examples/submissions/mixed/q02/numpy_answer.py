import numpy as np


def softmax(x):
    x = np.exp(x - x.max(axis=-1, keepdims=True))
    return x / x.sum(axis=-1, keepdims=True)


def scaled_dot_product_attention(q, k, v, mask=None):
    if q.shape[-1] != k.shape[-1] or k.shape[-2] != v.shape[-2]:
        raise ValueError("q, k, v")
    scores = q @ k.swapaxes(-1, -2) / q.dtype.type(np.sqrt(q.shape[-1]))
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)  # a row of -inf becomes NaN in the softmax
    weights = softmax(scores)
    return weights @ v, weights


def multi_head_attention(query, key, value, params, num_heads, mask=None):
    B, T, D = query.shape
    if num_heads < 1 or D % num_heads:
        raise ValueError("D must be divisible by num_heads")

    def split(x, w, b):
        return (x @ params[w] + params[b]).reshape(B, -1, num_heads, D // num_heads).transpose(0, 2, 1, 3)

    out, _ = scaled_dot_product_attention(
        split(query, "wq", "bq"), split(key, "wk", "bk"), split(value, "wv", "bv"), mask
    )
    return out.transpose(0, 2, 1, 3).reshape(B, T, D) @ params["wo"] + params["bo"]
