# /// right
# framework = "torch"
# style = "norms and Bernoulli draws; the gradient of train_linear by autograd of the whole objective; numpy arrays as results"
# ///

import torch


def l1_penalty(weights, lam):
    if lam < 0:
        raise ValueError("lam < 0")
    parts = weights if isinstance(weights, (list, tuple)) else (weights,)
    total = torch.zeros(())
    for part in parts:
        total = total + torch.linalg.vector_norm(part, ord=1)
    return total * lam


def l2_penalty(weights, lam):
    if lam < 0:
        raise ValueError("lam < 0")
    parts = weights if isinstance(weights, (list, tuple)) else (weights,)
    return lam * sum((torch.dot(p.flatten(), p.flatten()) for p in parts), torch.zeros(()))


def dropout(x, rate, training, seed):
    if not 0 <= rate <= 1:
        raise ValueError("rate")
    if not training:
        return x
    source = torch.Generator()
    source.manual_seed(seed)
    kept = torch.bernoulli(torch.full_like(x, 1 - rate, requires_grad=False), generator=source)
    return x * kept / max(1 - rate, 1e-12)


def sgd_step(params, grads, lr, l1=0, l2=0, decoupled=0):
    if lr < 0 or l1 < 0 or l2 < 0 or decoupled < 0:
        raise ValueError("negative")
    if set(params) != set(grads):
        raise ValueError("names")
    new = {}
    for name in params:
        p, g = params[name].detach(), grads[name]
        if p.shape != g.shape:
            raise ValueError("shapes")
        direction = g.clone()
        direction.add_(p.sign(), alpha=l1).add_(p, alpha=2 * l2)
        new[name] = p.mul(1 - lr * decoupled).sub(direction, alpha=lr).numpy()
    return new


def train_linear(x, y, l1, l2, steps, lr):
    if len(x) != len(y) or min(l1, l2, steps, lr) < 0:
        raise ValueError("bad arguments")
    w = torch.zeros(x.shape[1], dtype=x.dtype, requires_grad=True)
    for _ in range(steps):
        loss = torch.nn.functional.mse_loss(x @ w, y) + l1 * w.abs().sum() + l2 * (w**2).sum()
        (gradient,) = torch.autograd.grad(loss, w)
        with torch.no_grad():
            w -= lr * gradient
    return w.detach().numpy()
