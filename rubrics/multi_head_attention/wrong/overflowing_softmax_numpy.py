# /// wrong
# framework = "numpy"
# loses = ["test_large_scores"]
# diagnosis = "a softmax that is not shifted by its maximum overflows"
# diagnosis_zh = "softmax 没有先减去最大值，会溢出"
# ///

import numpy as np


def scaled_dot_product_attention(q, k, v, mask=None):
    if q.shape[-1] != k.shape[-1] or k.shape[-2] != v.shape[-2]:
        raise ValueError("q, k and v do not fit together")
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    exponentials = np.exp(scores)
    if mask is not None:
        if any(m not in (1, n) for m, n in zip(reversed(mask.shape), reversed(scores.shape), strict=False)):
            raise ValueError("the mask does not fit")
        exponentials = exponentials * mask
    total = exponentials.sum(axis=-1, keepdims=True)
    weights = exponentials / np.where(total == 0, 1, total)
    return weights @ v, weights


def multi_head_attention(query, key, value, params, num_heads, mask=None):
    if num_heads < 1 or query.shape[-1] % num_heads != 0:
        raise ValueError("num_heads must divide the model's width")

    def heads(x, w, b):
        x = x @ params[w] + params[b]
        return x.reshape(x.shape[0], x.shape[1], num_heads, -1).swapaxes(1, 2)

    q, k, v = heads(query, "wq", "bq"), heads(key, "wk", "bk"), heads(value, "wv", "bv")
    output, _ = scaled_dot_product_attention(q, k, v, mask)
    return output.swapaxes(1, 2).reshape(query.shape) @ params["wo"] + params["bo"]
