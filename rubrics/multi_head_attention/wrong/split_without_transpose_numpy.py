# /// wrong
# framework = "numpy"
# loses = ["test_head_order"]
# also = [
#     "test_multi_head",
#     "test_biases",
#     "test_cross_attention",
#     "test_multi_head_mask",
#     "test_float64",
#     "test_arguments_untouched",
# ]
# diagnosis = "[B, T, D] is reshaped straight to [B, H, T, D / H], which mixes positions into heads"
# diagnosis_zh = "把 [B, T, D] 直接 reshape 成 [B, H, T, D / H]，使各位置混入不同的头"
# ///

import numpy as np


def softmax(x):
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def scaled_dot_product_attention(q, k, v, mask=None):
    if q.shape[-1] != k.shape[-1] or k.shape[-2] != v.shape[-2]:
        raise ValueError("q, k and v do not fit together")
    scores = np.matmul(q, np.swapaxes(k, -1, -2)) / np.sqrt(q.shape[-1]).astype(q.dtype)
    if mask is None:
        weights = softmax(scores)
    else:
        if any(m not in (1, n) for m, n in zip(reversed(mask.shape), reversed(scores.shape), strict=False)):
            raise ValueError("the mask does not fit")
        weights = np.where(mask, softmax(np.where(mask, scores, np.finfo(scores.dtype).min)), 0)
    return np.matmul(weights, v), weights


def multi_head_attention(query, key, value, params, num_heads, mask=None):
    if num_heads < 1 or query.shape[-1] % num_heads != 0:
        raise ValueError("num_heads must divide the model's width")

    def heads(x, w, b):
        x = x @ params[w] + params[b]
        return x.reshape(x.shape[0], num_heads, x.shape[1], -1)

    q, k, v = heads(query, "wq", "bq"), heads(key, "wk", "bk"), heads(value, "wv", "bv")
    output, _ = scaled_dot_product_attention(q, k, v, mask)
    return output.reshape(query.shape) @ params["wo"] + params["bo"]
