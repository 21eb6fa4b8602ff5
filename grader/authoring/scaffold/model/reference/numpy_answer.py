"""Low-rank adaptation: Hu et al., 2021 (arXiv:2106.09685), section 4.1."""

import numpy as np


class LoraLinear:
    """base(x) + dropout(x) @ a @ b, with a [in, rank] and b [rank, out]. `base` is frozen."""

    def __init__(self, base, rank: int, dropout: float, seed: int) -> None:
        inputs, outputs = base.weight.shape
        if not 1 <= rank <= min(inputs, outputs) or not 0 <= dropout < 1:
            raise ValueError("expected a rank from 1 to the smaller side of the weight, and a dropout in [0, 1)")
        self.base, self.dropout = base, dropout
        self.random = np.random.default_rng(seed)
        self.a = self.random.normal(size=(inputs, rank)) / np.sqrt(inputs)
        self.b = np.zeros((rank, outputs))

    def __call__(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        return self.base(x) + self.dropped(x, training) @ self.a @ self.b

    def dropped(self, x: np.ndarray, training: bool) -> np.ndarray:
        """Inverted dropout: what stays is scaled up, so that the expectation is x."""
        if not training:
            return x
        return x * (self.random.random(x.shape) >= self.dropout) / (1 - self.dropout)


def train(model: LoraLinear, x: np.ndarray, y: np.ndarray, steps: int) -> None:
    """`steps` steps of descent with momentum on sum((model(x) - y)^2) / 2N with respect to a and b, in place.

    x [N, in], y [N, out].
    """
    if steps < 0:
        raise ValueError("steps must not be negative")
    rate, momentum = 0.02, 0.9
    da, db = np.zeros_like(model.a), np.zeros_like(model.b)
    for _ in range(steps):
        dropped = model.dropped(x, training=True)
        low = dropped @ model.a  # [N, rank]
        error = (model.base(x) + low @ model.b - y) / len(x)
        da, db = momentum * da - rate * dropped.T @ error @ model.b.T, momentum * db - rate * low.T @ error
        model.a += da
        model.b += db
