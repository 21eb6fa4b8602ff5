# /// right
# framework = "torch"
# style = "einsum, a softmax by hand, heads by unflatten"
# ///

import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    if q.size(-1) != k.size(-1):
        raise ValueError("depths differ")
    if k.size(-2) != v.size(-2):
        raise ValueError("lengths differ")
    scores = torch.einsum("...qd,...kd->...qk", q, k) * q.size(-1) ** -0.5
    if mask is None:
        keep = torch.ones_like(scores, dtype=torch.bool)
    else:
        try:
            keep = mask.expand(scores.shape)
        except RuntimeError:
            raise ValueError("the mask does not broadcast") from None
    hidden = scores.masked_fill(~keep, torch.finfo(scores.dtype).min)
    exps = torch.exp(hidden - hidden.amax(-1, keepdim=True)).masked_fill(~keep, 0)
    weights = exps / exps.sum(-1, keepdim=True).clamp_min(torch.finfo(scores.dtype).tiny)
    return torch.einsum("...qk,...kd->...qd", weights, v), weights


def multi_head_attention(query, key, value, params, num_heads, mask=None):
    if num_heads < 1 or query.size(-1) % num_heads != 0:
        raise ValueError("num_heads")

    def project(x, name):
        return (torch.matmul(x, params["w" + name]) + params["b" + name]).unflatten(-1, (num_heads, -1)).movedim(-2, 1)

    out, _ = scaled_dot_product_attention(project(query, "q"), project(key, "k"), project(value, "v"), mask)
    return out.movedim(1, -2).flatten(-2) @ params["wo"] + params["bo"]
