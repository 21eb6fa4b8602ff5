"""A Transformer encoder from scratch. The prompt says what each function does."""

import numpy as np


def layer_norm(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, eps: float = 1e-5) -> np.ndarray:
    """x [..., D], gamma and beta [D]."""
    raise NotImplementedError


def feed_forward(x: np.ndarray, params: dict[str, np.ndarray]) -> np.ndarray:
    """x [..., D]; params w1 [D, F], b1 [F], w2 [F, D], b2 [D]."""
    raise NotImplementedError


def encoder_block(
    x: np.ndarray, params: dict[str, np.ndarray], num_heads: int, mask: np.ndarray | None = None, norm: str = "post"
) -> np.ndarray:
    """x [B, T, D]; mask broadcastable to [B, num_heads, T, T]; norm "post" or "pre"."""
    raise NotImplementedError


def encoder(
    x: np.ndarray, blocks: list[dict[str, np.ndarray]], num_heads: int, mask: np.ndarray | None = None
) -> np.ndarray:
    """x [B, T, D]; one block after the other."""
    raise NotImplementedError
