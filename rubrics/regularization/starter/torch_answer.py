"""Regularisation: penalties, weight decay and dropout. The prompt says what each function does."""

from torch import Tensor


def l1_penalty(weights: Tensor | list[Tensor], lam: float) -> Tensor:
    """lam * sum |w|."""
    raise NotImplementedError


def l2_penalty(weights: Tensor | list[Tensor], lam: float) -> Tensor:
    """lam * sum w^2."""
    raise NotImplementedError


def dropout(x: Tensor, rate: float, training: bool, seed: int) -> Tensor:
    """Inverted dropout."""
    raise NotImplementedError


def sgd_step(
    params: dict[str, Tensor], grads: dict[str, Tensor], lr: float, l1: float = 0, l2: float = 0, decoupled: float = 0
) -> dict[str, Tensor]:
    """One step of gradient descent: new params."""
    raise NotImplementedError


def train_linear(x: Tensor, y: Tensor, l1: float, l2: float, steps: int, lr: float) -> Tensor:
    """x [N, D], y [N]. Returns w [D]."""
    raise NotImplementedError
