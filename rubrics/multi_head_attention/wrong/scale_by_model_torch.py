# /// wrong
# framework = "torch"
# loses = ["test_multi_head"]
# also = [
#     "test_biases",
#     "test_cross_attention",
#     "test_multi_head_mask",
#     "test_float64",
#     "test_gradients",
#     "test_head_order",
# ]
# diagnosis = "heads are scaled by the width of the model instead of the width of a head"
# diagnosis_zh = "按模型宽度而不是按头的宽度缩放"
# ///

import math

import torch


def attend(q, k, v, mask, width):
    if q.shape[-1] != k.shape[-1] or k.shape[-2] != v.shape[-2]:
        raise ValueError("q, k and v do not fit together")
    scores = q @ k.transpose(-2, -1) / math.sqrt(width)
    if mask is None:
        mask = torch.ones_like(scores, dtype=torch.bool)
    if any(m not in (1, n) for m, n in zip(reversed(mask.shape), reversed(scores.shape), strict=False)):
        raise ValueError("the mask does not fit")
    weights = torch.where(mask, scores, torch.finfo(scores.dtype).min).softmax(dim=-1) * mask
    return weights @ v, weights


def scaled_dot_product_attention(q, k, v, mask=None):
    return attend(q, k, v, mask, q.shape[-1])


def multi_head_attention(query, key, value, params, num_heads, mask=None):
    if num_heads < 1 or query.shape[-1] % num_heads != 0:
        raise ValueError("num_heads must divide the model's width")

    def heads(x, name):
        x = x @ params["w" + name] + params["b" + name]
        return x.unflatten(-1, (num_heads, -1)).transpose(1, 2)

    output, _ = attend(heads(query, "q"), heads(key, "k"), heads(value, "v"), mask, query.shape[-1])
    return output.transpose(1, 2).flatten(2) @ params["wo"] + params["bo"]
