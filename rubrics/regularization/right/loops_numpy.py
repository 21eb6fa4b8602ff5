# /// right
# framework = "numpy"
# style = "Python's own sums over flat weights, a mask by choice, proximal bookkeeping in a class; float64 inside"
# ///

import math

import numpy as np


def flat(weights):
    if isinstance(weights, (list, tuple)):
        return np.concatenate([np.ravel(w) for w in weights]) if weights else np.zeros(0)
    return np.ravel(weights)


def l1_penalty(weights, lam):
    if lam < 0:
        raise ValueError("lam")
    return float(lam) * math.fsum(np.abs(flat(weights)).tolist())


def l2_penalty(weights, lam):
    if lam < 0:
        raise ValueError("lam")
    w = flat(weights).astype(np.float64)
    return lam * float(np.dot(w, w))


def dropout(x, rate, training, seed):
    if rate < 0 or rate > 1:
        raise ValueError("rate")
    if not training or rate == 0:
        return np.array(x)
    keep = np.random.RandomState(seed).choice([True, False], size=x.shape, p=[1 - rate, rate])
    out = np.zeros(x.shape, x.dtype)
    out[keep] = x[keep] / (1 - rate)
    return out


class Step:
    def __init__(self, lr, l1, l2, decoupled):
        for value in (lr, l1, l2, decoupled):
            if value < 0:
                raise ValueError("negative")
        self.lr, self.l1, self.l2, self.decoupled = lr, l1, l2, decoupled

    def __call__(self, p, g):
        wide = p.astype(np.float64)
        pull = g + self.l1 * np.sign(wide) + (2 * self.l2 + self.decoupled) * wide
        return (wide - self.lr * pull).astype(p.dtype)


def sgd_step(params, grads, lr, l1=0, l2=0, decoupled=0):
    step = Step(lr, l1, l2, decoupled)
    if sorted(params) != sorted(grads):
        raise ValueError("names")
    for name in params:
        if np.shape(params[name]) != np.shape(grads[name]):
            raise ValueError(name)
    return {name: step(params[name], grads[name]) for name in params}


def train_linear(x, y, l1, l2, steps, lr):
    if x.shape[0] != y.shape[0] or steps < 0:
        raise ValueError("rows or steps")
    step = Step(lr, l1, l2, 0)
    gram, moment = x.T.astype(np.float64) @ x / len(x), x.T.astype(np.float64) @ y / len(x)
    w = np.zeros(x.shape[1], x.dtype)
    for _ in range(steps):
        w = step(w, 2 * (gram @ w - moment))
    return w
