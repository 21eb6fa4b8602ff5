# /// wrong
# framework = "numpy"
# loses = ["test_masked_keys"]
# also = [
#     "test_leading_dimensions",
#     "test_large_scores",
#     "test_multi_head_mask",
#     "test_float64",
#     "test_arguments_untouched",
# ]
# diagnosis = "the mask is applied after the softmax, so that the weights left no longer sum to 1"
# diagnosis_zh = "在 softmax 之后才应用掩码，剩余权重之和不再为 1"
# ///

import numpy as np


def softmax(x):
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def scaled_dot_product_attention(q, k, v, mask=None):
    if q.shape[-1] != k.shape[-1] or k.shape[-2] != v.shape[-2]:
        raise ValueError("q, k and v do not fit together")
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    weights = softmax(scores)
    if mask is not None:
        if any(m not in (1, n) for m, n in zip(reversed(mask.shape), reversed(scores.shape), strict=False)):
            raise ValueError("the mask does not fit")
        weights = weights * mask
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
