# /// right
# framework = "torch"
# style = "torch.nn.functional.linear on transposed weights, one einsum a step, var_mean, baddbmm; nan_to_num on safe scores"
# ///

from functools import reduce

import torch
import torch.nn.functional as F


def layer_norm(x, gamma, beta, eps=1e-5):
    variance, mean = torch.var_mean(x, dim=-1, correction=0, keepdim=True)
    return torch.addcmul(beta, (x - mean) * torch.rsqrt(variance + eps), gamma)


def feed_forward(x, params):
    hidden = F.linear(x, params["w1"].T, params["b1"]).clamp(min=0)
    return F.linear(hidden, params["w2"].T, params["b2"])


def attend(x, p, num_heads, mask):
    b, t, d = x.shape
    if num_heads < 1 or d % num_heads != 0:
        raise ValueError("heads")
    q, k, v = (F.linear(x, p[f"w{n}"].T, p[f"b{n}"]).unflatten(-1, (num_heads, -1)) for n in "qkv")
    scores = torch.einsum("bqhc,bkhc->bhqk", q, k) * (d // num_heads) ** -0.5
    if mask is None:
        weights = scores.softmax(-1)
    else:
        try:
            allowed = mask.expand(b, num_heads, t, t)
        except RuntimeError:
            raise ValueError("mask") from None
        lowest = scores.new_tensor(-1e30)
        raised = torch.exp(
            torch.where(allowed, scores, lowest) - torch.where(allowed, scores, lowest).amax(-1, True).detach()
        )
        raised = torch.where(allowed, raised, torch.zeros_like(raised))
        weights = raised / raised.sum(-1, keepdim=True).clamp(min=1e-30)
    heads = torch.einsum("bhqk,bkhc->bqhc", weights, v)
    return F.linear(heads.flatten(2), p["wo"].T, p["bo"])


def encoder_block(x, params, num_heads, mask=None, norm="post"):
    first = params["gamma1"], params["beta1"]
    second = params["gamma2"], params["beta2"]
    if norm == "pre":
        between = x + attend(layer_norm(x, *first), params, num_heads, mask)
        return between + feed_forward(layer_norm(between, *second), params)
    if norm != "post":
        raise ValueError("norm")
    between = layer_norm(attend(x, params, num_heads, mask) + x, *first)
    return layer_norm(feed_forward(between, params) + between, *second)


def encoder(x, blocks, num_heads, mask=None):
    return reduce(lambda y, params: encoder_block(y, params, num_heads, mask), blocks, x)
