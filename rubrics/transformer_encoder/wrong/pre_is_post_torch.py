# /// wrong
# framework = "torch"
# loses = ["test_pre"]
# also = ["test_which_norm", "test_residuals", "test_heads", "test_mask", "test_equivariance", "test_gradients"]
# diagnosis = "pre norm: the residual starts from the norm's output, not from x"
# diagnosis_zh = "pre：残差从归一化的输出出发，而不是从 x"
# ///

import math

import torch


def layer_norm(x, gamma, beta, eps=1e-5):
    """[..., D] normalised over D, with the population's variance: gamma (x - mean) / sqrt(var + eps) + beta."""
    centred = x - x.mean(dim=-1, keepdim=True)
    variance = centred.square().mean(dim=-1, keepdim=True)
    return gamma * centred / torch.sqrt(variance + eps) + beta


def feed_forward(x, params):
    """relu(x w1 + b1) w2 + b2, at each position on its own."""
    return torch.relu(x @ params["w1"] + params["b1"]) @ params["w2"] + params["b2"]


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
        x = layer_norm(x, p["gamma1"], p["beta1"])
        x = x + _attention(x, p, num_heads, mask)
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
        return y.reshape(batch, length, num_heads, width // num_heads).transpose(1, 2)

    scores = heads("q") @ heads("k").transpose(2, 3) / math.sqrt(width // num_heads)
    if mask is not None:
        if mask.dim() > 4 or any(m not in (1, n) for m, n in zip(mask.shape[::-1], scores.shape[::-1], strict=False)):
            raise ValueError(f"a mask {tuple(mask.shape)} does not broadcast to the scores {tuple(scores.shape)}")
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights * mask
    joined = (weights @ heads("v")).transpose(1, 2).reshape(batch, length, width)
    return joined @ params["wo"] + params["bo"]
