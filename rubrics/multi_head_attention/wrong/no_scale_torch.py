# /// wrong
# framework = "torch"
# loses = ["test_scaling"]
# also = [
#     "test_matches_reference",
#     "test_multi_head",
#     "test_biases",
#     "test_cross_attention",
#     "test_multi_head_mask",
#     "test_float64",
#     "test_gradients",
# ]
# diagnosis = "attention without the 1/sqrt(d_k) scale"
# diagnosis_zh = "注意力缺少 1/sqrt(d_k) 缩放"
# ///

import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    if q.shape[-1] != k.shape[-1] or k.shape[-2] != v.shape[-2]:
        raise ValueError("q, k and v do not fit together")
    scores = q @ k.transpose(-2, -1)
    if mask is None:
        weights = scores.softmax(dim=-1)
    else:
        if any(m not in (1, n) for m, n in zip(reversed(mask.shape), reversed(scores.shape), strict=False)):
            raise ValueError("the mask does not fit")
        weights = scores.masked_fill(~mask, torch.finfo(scores.dtype).min).softmax(dim=-1)
        weights = weights.masked_fill(~mask, 0.0)
    return weights @ v, weights


def multi_head_attention(query, key, value, params, num_heads, mask=None):
    if num_heads < 1 or query.shape[-1] % num_heads != 0:
        raise ValueError("num_heads must divide the model's width")

    def heads(x, name):
        x = x @ params["w" + name] + params["b" + name]
        return x.unflatten(-1, (num_heads, -1)).transpose(1, 2)

    output, _ = scaled_dot_product_attention(heads(query, "q"), heads(key, "k"), heads(value, "v"), mask)
    return output.transpose(1, 2).flatten(2) @ params["wo"] + params["bo"]
