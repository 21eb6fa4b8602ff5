# /// wrong
# framework = "numpy"
# loses = ["test_arguments_untouched"]
# diagnosis = "the caller's queries are scaled in place"
# diagnosis_zh = "在原处缩放了调用者传入的查询"
# ///

import numpy as np


def softmax(x):
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def scaled_dot_product_attention(q, k, v, mask=None):
    if q.shape[-1] != k.shape[-1] or k.shape[-2] != v.shape[-2]:
        raise ValueError("q, k and v do not fit together")
    q *= q.shape[-1] ** -0.5
    scores = np.matmul(q, np.swapaxes(k, -1, -2))
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
        return x.reshape(x.shape[0], x.shape[1], num_heads, -1).swapaxes(1, 2)

    q, k, v = heads(query, "wq", "bq"), heads(key, "wk", "bk"), heads(value, "wv", "bv")
    output, _ = scaled_dot_product_attention(q, k, v, mask)
    return output.swapaxes(1, 2).reshape(query.shape) @ params["wo"] + params["bo"]
