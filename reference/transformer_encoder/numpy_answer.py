"""The Transformer's encoder: Vaswani et al. (2017), "Attention Is All You Need", sections 3.1 to 3.3; layer
normalisation: Ba, Kiros and Hinton (2016); norms ahead of the sub-layers: Xiong et al. (2020), figure 1.
"""

import math

import numpy as np


def layer_norm(x, gamma, beta, eps=1e-5):
    """[..., D] normalised over D, with the population's variance: gamma (x - mean) / sqrt(var + eps) + beta."""
    centred = x - x.mean(axis=-1, keepdims=True)
    variance = np.square(centred).mean(axis=-1, keepdims=True)
    return gamma * centred / np.sqrt(variance + eps) + beta


def feed_forward(x, params):
    """relu(x w1 + b1) w2 + b2, at each position on its own."""
    return np.maximum(x @ params["w1"] + params["b1"], 0) @ params["w2"] + params["b2"]


def encoder_block(x, params, num_heads, mask=None, norm="post"):
    """[B, T, D] -> [B, T, D]: attention and feed-forward, each with a residual connection.

    The norm is taken of the sum ("post") or of what goes into the sub-layer ("pre"). Raises ValueError for another one,
    where the heads do not divide D, and where the mask does not broadcast to the scores.
    """
    p = params
    if norm == "post":
        x = layer_norm(x + _attention(x, p, num_heads, mask), p["gamma1"], p["beta1"])
        return layer_norm(x + feed_forward(x, p), p["gamma2"], p["beta2"])
    if norm == "pre":
        x = x + _attention(layer_norm(x, p["gamma1"], p["beta1"]), p, num_heads, mask)
        return x + feed_forward(layer_norm(x, p["gamma2"], p["beta2"]), p)
    raise ValueError(f"norm must be post or pre, not {norm!r}")


def encoder(x, blocks, num_heads, mask=None):
    """One block after the other, each with params of its own."""
    for params in blocks:
        x = encoder_block(x, params, num_heads, mask)
    return x


def _attention(x, params, num_heads, mask):
    """Self-attention, section 3.2.2; 0 ahead of `wo` where a query may attend to nothing."""
    batch, length, width = x.shape
    if num_heads < 1 or width % num_heads:
        raise ValueError(f"{num_heads} heads do not divide a width of {width}")

    def heads(name):  # [B, H, T, D / H]
        y = x @ params[f"w{name}"] + params[f"b{name}"]
        return y.reshape(batch, length, num_heads, width // num_heads).swapaxes(1, 2)

    scores = heads("q") @ heads("k").swapaxes(2, 3) / math.sqrt(width // num_heads)
    if mask is None:
        mask = np.ones((1, 1, 1, 1), bool)
    if np.broadcast_shapes(mask.shape, scores.shape) != scores.shape:
        raise ValueError(f"a mask {mask.shape} does not broadcast to the scores {scores.shape}")
    scores = np.where(mask, scores, np.finfo(scores.dtype).min)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True)) * mask
    total = weights.sum(axis=-1, keepdims=True)
    weights = weights / np.where(total > 0, total, 1)
    joined = (weights @ heads("v")).swapaxes(1, 2).reshape(batch, length, width)
    return joined @ params["wo"] + params["bo"]
