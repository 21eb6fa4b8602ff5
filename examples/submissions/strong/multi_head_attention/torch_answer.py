from typing import Optional

import torch
from torch import Tensor


def scaled_dot_product_attention(q: Tensor, k: Tensor, v: Tensor, mask: Optional[Tensor] = None):
    if q.size(-1) != k.size(-1) or k.size(-2) != v.size(-2):
        raise ValueError(f"shapes do not fit: q {list(q.shape)}, k {list(k.shape)}, v {list(v.shape)}")

    logits = torch.matmul(q / q.size(-1) ** 0.5, k.transpose(-2, -1))
    if mask is not None:
        try:
            mask = mask.expand(logits.shape)
        except RuntimeError as error:
            raise ValueError(str(error)) from error
        # A row that sees nothing would be softmax(-inf, ..., -inf) = NaN, so it gets harmless zeros instead,
        # and is blanked afterwards.
        logits = logits.masked_fill(~mask, float("-inf"))
        logits = logits.masked_fill(~mask.any(dim=-1, keepdim=True), 0.0)
    weights = logits.softmax(dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    return weights @ v, weights


class MultiHeadAttention:
    """The layer without the nn.Module around it: the weights come from outside."""

    def __init__(self, params: dict, num_heads: int):
        self.params = params
        self.num_heads = num_heads

    def linear(self, x: Tensor, which: str) -> Tensor:
        return x @ self.params[f"w{which}"] + self.params[f"b{which}"]

    def heads(self, x: Tensor, which: str) -> Tensor:
        # [B, T, D] -> [B, H, T, D/H]
        return self.linear(x, which).unflatten(-1, (self.num_heads, -1)).movedim(-2, 1)

    def __call__(self, query: Tensor, key: Tensor, value: Tensor, mask: Optional[Tensor]) -> Tensor:
        context, _ = scaled_dot_product_attention(
            self.heads(query, "q"), self.heads(key, "k"), self.heads(value, "v"), mask
        )
        return self.linear(context.movedim(1, -2).flatten(-2), "o")


def multi_head_attention(query, key, value, params, num_heads, mask=None):
    if num_heads <= 0 or query.size(-1) % num_heads:
        raise ValueError(f"{query.size(-1)} columns cannot be split into {num_heads} heads")
    return MultiHeadAttention(params, num_heads)(query, key, value, mask)
