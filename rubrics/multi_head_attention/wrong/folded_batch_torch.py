# /// wrong
# framework = "torch"
# loses = ["test_leading_dimensions"]
# diagnosis = "leading dimensions are folded into one, so that they must be equal and cannot broadcast"
# diagnosis_zh = "把前导维度合并成一维，因而必须相同、不能广播"
# ///

import math

import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    if q.shape[-1] != k.shape[-1] or k.shape[-2] != v.shape[-2]:
        raise ValueError("q, k and v do not fit together")
    *lead, tq, d = q.shape
    tk = k.shape[-2]
    scores = torch.bmm(q.reshape(-1, tq, d), k.reshape(-1, tk, d).mT).reshape(*lead, tq, tk) / math.sqrt(d)
    if mask is None:
        mask = torch.ones_like(scores, dtype=torch.bool)
    if any(m not in (1, n) for m, n in zip(reversed(mask.shape), reversed(scores.shape), strict=False)):
        raise ValueError("the mask does not fit")
    weights = scores.masked_fill(~mask, torch.finfo(scores.dtype).min).softmax(dim=-1).masked_fill(~mask, 0.0)
    output = torch.bmm(weights.reshape(-1, tq, tk), v.reshape(-1, tk, v.shape[-1]))
    return output.reshape(*lead, tq, v.shape[-1]), weights


def multi_head_attention(query, key, value, params, num_heads, mask=None):
    if num_heads < 1 or query.shape[-1] % num_heads != 0:
        raise ValueError("num_heads must divide the model's width")

    def heads(x, name):
        x = x @ params["w" + name] + params["b" + name]
        return x.unflatten(-1, (num_heads, -1)).transpose(1, 2)

    output, _ = scaled_dot_product_attention(heads(query, "q"), heads(key, "k"), heads(value, "v"), mask)
    return output.transpose(1, 2).flatten(2) @ params["wo"] + params["bo"]
