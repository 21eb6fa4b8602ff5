# /// wrong
# framework = "numpy"
# loses = ["test_modes"]
# diagnosis = "what dropout leaves is not scaled up, so the mean falls"
# diagnosis_zh = "dropout 之后没有放大，均值下降"
# ///

import numpy as np


class LoraLinear:
    def __init__(self, base, rank, dropout, seed):
        n, m = base.weight.shape
        if rank < 1 or rank > min(n, m) or dropout < 0 or dropout >= 1:
            raise ValueError("bad rank or dropout")
        self.base, self.p = base, dropout
        self.rng = np.random.default_rng(seed)
        self.a = self.rng.normal(0, 0.3, (n, rank))
        self.b = np.zeros((rank, m))

    def drop(self, x, training):
        return x * (self.rng.random(x.shape) >= self.p) if training else x

    def __call__(self, x, training=False):
        return self.base(x) + self.drop(x, training) @ self.a @ self.b


def train(model, x, y, steps):
    if steps < 0:
        raise ValueError("bad steps")
    va, vb = 0, 0
    for _ in range(steps):
        h = model.drop(x, True)
        error = (model.base(x) + h @ model.a @ model.b - y) / len(x)
        da, db = h.T @ error @ model.b.T, (h @ model.a).T @ error
        va, vb = 0.9 * va - 0.02 * da, 0.9 * vb - 0.02 * db
        model.a += va
        model.b += vb
