"""Regularisation: penalties, weight decay and dropout. The prompt says what each function does."""

import tensorflow as tf


def l1_penalty(weights: tf.Tensor | list[tf.Tensor], lam: float) -> tf.Tensor:
    """lam * sum |w|."""
    raise NotImplementedError


def l2_penalty(weights: tf.Tensor | list[tf.Tensor], lam: float) -> tf.Tensor:
    """lam * sum w^2."""
    raise NotImplementedError


def dropout(x: tf.Tensor, rate: float, training: bool, seed: int) -> tf.Tensor:
    """Inverted dropout."""
    raise NotImplementedError


def sgd_step(
    params: dict[str, tf.Tensor],
    grads: dict[str, tf.Tensor],
    lr: float,
    l1: float = 0,
    l2: float = 0,
    decoupled: float = 0,
) -> dict[str, tf.Tensor]:
    """One step of gradient descent: new params."""
    raise NotImplementedError


def train_linear(x: tf.Tensor, y: tf.Tensor, l1: float, l2: float, steps: int, lr: float) -> tf.Tensor:
    """x [N, D], y [N]. Returns w [D]."""
    raise NotImplementedError
