# /// wrong
# framework = "torch"
# loses = ["test_gradients"]
# diagnosis = "the NaN of a fully masked row is replaced by 0 afterwards, but remains in the gradient"
# diagnosis_zh = "事后把整行被掩蔽的 NaN 换成 0，但梯度中仍是 NaN"
# ///

import math

import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    if q.shape[-1] != k.shape[-1] or k.shape[-2] != v.shape[-2]:
        raise ValueError("q, k and v do not fit together")
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if mask is None:
        weights = scores.softmax(dim=-1)
    else:
        if any(m not in (1, n) for m, n in zip(reversed(mask.shape), reversed(scores.shape), strict=False)):
            raise ValueError("the mask does not fit")
        hidden = torch.zeros(mask.shape, dtype=scores.dtype).masked_fill(~mask, -torch.inf)
        weights = torch.nan_to_num((scores + hidden).softmax(dim=-1))
    return weights @ v, weights


def multi_head_attention(query, key, value, params, num_heads, mask=None):
    if num_heads < 1 or query.shape[-1] % num_heads != 0:
        raise ValueError("num_heads must divide the model's width")

    def heads(x, name):
        x = x @ params["w" + name] + params["b" + name]
        return x.unflatten(-1, (num_heads, -1)).transpose(1, 2)

    output, _ = scaled_dot_product_attention(heads(query, "q"), heads(key, "k"), heads(value, "v"), mask)
    return output.transpose(1, 2).flatten(2) @ params["wo"] + params["bo"]
