"""Scaled dot-product attention: Vaswani et al. (2017), equation 1."""

import math

import torch
from torch import Tensor


def attention(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None) -> Tensor:
    """q [B, Tq, d], k and v [B, Tk, d], mask broadcastable to [B, Tq, Tk] -> [B, Tq, d]."""
    scores = q @ k.transpose(-1, -2) / math.sqrt(k.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return torch.softmax(scores, dim=-1) @ v
