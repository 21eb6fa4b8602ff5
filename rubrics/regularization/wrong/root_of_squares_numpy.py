# /// wrong
# framework = "numpy"
# loses = ["test_l2"]
# also = ["test_many_weights", "test_arguments"]
# diagnosis = "L2 is the norm, the root of the sum of squares"
# diagnosis_zh = "L2 取成了范数，即平方和的根"
# ///

import numpy as np


def l1_penalty(weights, lam):
    """lam * sum |w|, over one array or a list of them. Raises ValueError for a negative lam."""
    _check_not_negative(lam)
    return lam * sum(np.abs(w).sum() for w in _listed(weights))


def l2_penalty(weights, lam):
    """lam * sum w^2, over one array or a list of them. Raises ValueError for a negative lam."""
    _check_not_negative(lam)
    return lam * np.sqrt(sum(np.square(w).sum() for w in _listed(weights)))


def dropout(x, rate, training, seed):
    """Each element 0 with probability `rate`, else divided by 1 - rate; `x` itself where not training.

    Raises ValueError unless the rate lies in [0, 1].
    """
    if not 0 <= rate <= 1:
        raise ValueError(f"rate must lie in [0, 1], not {rate}")
    if not training:
        return x
    if rate == 1:
        return np.zeros_like(x)
    kept = np.random.default_rng(seed).random(x.shape) >= rate
    return np.where(kept, x / (1 - rate), 0).astype(x.dtype)


def sgd_step(params, grads, lr, l1=0, l2=0, decoupled=0):
    """p - lr (g + l1 sign(p) + 2 l2 p) - lr decoupled p, for each name: new params.

    Raises ValueError where names or shapes differ, and for a negative rate or strength.
    """
    _check_not_negative(lr, l1, l2, decoupled)
    if params.keys() != grads.keys() or any(params[name].shape != grads[name].shape for name in params):
        raise ValueError("params and grads must have the same names and shapes")
    new = {}
    for name, p in params.items():
        gradient = grads[name] + l1 * np.sign(p) + 2 * l2 * p
        new[name] = p - lr * gradient - lr * decoupled * p
    return new


def train_linear(x, y, l1, l2, steps, lr):
    """[N, D] and [N] -> w [D]: gradient descent from 0 on mean (x w - y)^2 + l1 sum |w| + l2 sum w^2.

    Raises ValueError where lengths differ, and for negative steps, rate or strengths.
    """
    if len(x) != len(y):
        raise ValueError(f"{len(x)} rows of x have {len(y)} values of y")
    _check_not_negative(steps)
    w = np.zeros_like(x[0])
    for _ in range(steps):
        gradient = 2 * x.T @ (x @ w - y) / len(x)
        w = sgd_step({"w": w}, {"w": gradient}, lr, l1, l2)["w"]
    return w


def _listed(weights):
    return weights if isinstance(weights, list) else [weights]


def _check_not_negative(*values):
    if min(values) < 0:
        raise ValueError(f"rates, strengths and steps must not be negative: {values}")
