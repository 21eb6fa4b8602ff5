"""A Transformer encoder from scratch. The prompt says what each function does."""

from torch import Tensor


def layer_norm(x: Tensor, gamma: Tensor, beta: Tensor, eps: float = 1e-5) -> Tensor:
    """x [..., D], gamma and beta [D]."""
    raise NotImplementedError


def feed_forward(x: Tensor, params: dict[str, Tensor]) -> Tensor:
    """x [..., D]; params w1 [D, F], b1 [F], w2 [F, D], b2 [D]."""
    raise NotImplementedError


def encoder_block(
    x: Tensor, params: dict[str, Tensor], num_heads: int, mask: Tensor | None = None, norm: str = "post"
) -> Tensor:
    """x [B, T, D]; mask broadcastable to [B, num_heads, T, T]; norm "post" or "pre"."""
    raise NotImplementedError


def encoder(x: Tensor, blocks: list[dict[str, Tensor]], num_heads: int, mask: Tensor | None = None) -> Tensor:
    """x [B, T, D]; one block after the other."""
    raise NotImplementedError
