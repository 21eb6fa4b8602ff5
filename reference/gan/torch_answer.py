"""Generative adversarial nets with the non-saturating generator loss: Goodfellow et al., 2014 (arXiv:1406.2661),
section 3 and algorithm 1. Adam with beta_1 = 0.5 as in Radford et al., 2016 (arXiv:1511.06434), section 4.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

HIDDEN, BATCH, LEARNING_RATE, BETAS = 64, 128, 1e-3, (0.5, 0.999)


def build_generator(latent_dim: int, out_dim: int) -> nn.Module:
    """G: noise z [B, latent_dim] -> samples [B, out_dim]."""
    return _network(latent_dim, nn.ReLU(), out_dim)


def build_discriminator(in_dim: int) -> nn.Module:
    """D: x [B, in_dim] -> logits [B, 1] of x being real."""
    return _network(in_dim, nn.LeakyReLU(0.2), 1)


def discriminator_loss(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """-E[log sigmoid(D(x))] - E[log(1 - sigmoid(D(G(z))))], where -log sigmoid(l) = softplus(-l)."""
    _check_not_empty(real_logits, fake_logits)
    return F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()


def generator_loss(fake_logits: Tensor) -> Tensor:
    """-E[log sigmoid(D(G(z)))]."""
    _check_not_empty(fake_logits)
    return F.softplus(-fake_logits).mean()


def train_step(generator: nn.Module, discriminator: nn.Module, real: Tensor, seed: int) -> tuple[float, float]:
    """One step of descent for D, with G fixed, then one for G, with D fixed. real [B, in_dim]."""
    _check_not_empty(real)
    fake = generator(_noise(generator, len(real), seed))
    d_loss = discriminator_loss(discriminator(real), discriminator(fake.detach()))
    _descend(discriminator, d_loss)
    g_loss = generator_loss(discriminator(fake))
    _descend(generator, g_loss)
    return d_loss.item(), g_loss.item()


def train(generator: nn.Module, discriminator: nn.Module, data: Tensor, steps: int, seed: int) -> None:
    """`steps` training steps on minibatches drawn from data [N, in_dim]."""
    _check_not_empty(data)
    if steps < 0:
        raise ValueError(f"steps must not be negative, not {steps}")
    random = torch.Generator().manual_seed(seed)
    for _ in range(steps):
        rows = torch.randint(len(data), (BATCH,), generator=random)
        step_seed = torch.randint(2**62, (), generator=random).item()
        train_step(generator, discriminator, data[rows], step_seed)


@torch.no_grad()
def sample(generator: nn.Module, n: int, seed: int) -> Tensor:
    """G(z) for n draws of z ~ N(0, I): [n, out_dim]."""
    return generator(_noise(generator, n, seed))


def _noise(generator: nn.Module, n: int, seed: int) -> Tensor:
    if n < 0:
        raise ValueError(f"n must not be negative, not {n}")
    return torch.randn(n, generator[0].in_features, generator=torch.Generator().manual_seed(seed))


def _network(in_dim: int, activation: nn.Module, out_dim: int) -> nn.Module:
    if min(in_dim, out_dim) < 1:
        raise ValueError(f"dimensions must be at least 1, not {in_dim} and {out_dim}")
    layers = [nn.Linear(in_dim, HIDDEN), activation, nn.Linear(HIDDEN, HIDDEN), activation, nn.Linear(HIDDEN, out_dim)]
    network = nn.Sequential(*layers)
    network.optimizer = torch.optim.Adam(network.parameters(), LEARNING_RATE, BETAS)
    return network


def _descend(network: nn.Module, loss: Tensor) -> None:
    """One step of the network's optimizer along the gradient with respect to its own parameters alone."""
    network.optimizer.zero_grad()
    loss.backward(inputs=list(network.parameters()))
    network.optimizer.step()


def _check_not_empty(*batches: Tensor) -> None:
    if any(len(batch) == 0 for batch in batches):
        raise ValueError("a batch must not be empty")
