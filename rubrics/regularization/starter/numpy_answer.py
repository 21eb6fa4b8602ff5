"""Regularisation: penalties, weight decay and dropout. The prompt says what each function does."""

import numpy as np


def l1_penalty(weights: np.ndarray | list[np.ndarray], lam: float) -> np.ndarray:
    """lam * sum |w|."""
    raise NotImplementedError


def l2_penalty(weights: np.ndarray | list[np.ndarray], lam: float) -> np.ndarray:
    """lam * sum w^2."""
    raise NotImplementedError


def dropout(x: np.ndarray, rate: float, training: bool, seed: int) -> np.ndarray:
    """Inverted dropout."""
    raise NotImplementedError


def sgd_step(
    params: dict[str, np.ndarray],
    grads: dict[str, np.ndarray],
    lr: float,
    l1: float = 0,
    l2: float = 0,
    decoupled: float = 0,
) -> dict[str, np.ndarray]:
    """One step of gradient descent: new params."""
    raise NotImplementedError


def train_linear(x: np.ndarray, y: np.ndarray, l1: float, l2: float, steps: int, lr: float) -> np.ndarray:
    """x [N, D], y [N]. Returns w [D]."""
    raise NotImplementedError
