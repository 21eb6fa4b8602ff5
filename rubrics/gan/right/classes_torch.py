# /// right
# framework = "torch"
# style = "nn.Module subclasses, binary cross-entropy with logits, frozen parameters, optimizers kept beside the models"
# ///

import weakref

import numpy as np
import torch
from torch import nn


class Generator(nn.Module):
    def __init__(self, latent_dim, out_dim):
        super().__init__()
        self.latent_dim = latent_dim
        self.body = nn.Sequential(nn.Linear(latent_dim, 96), nn.SiLU(), nn.Linear(96, 96), nn.SiLU())
        self.head = nn.Linear(96, out_dim)

    def forward(self, z):
        return self.head(self.body(z))


class Discriminator(nn.Module):
    def __init__(self, in_dim):
        super().__init__()
        self.first, self.second, self.logit = nn.Linear(in_dim, 80), nn.Linear(80, 80), nn.Linear(80, 1)

    def forward(self, x):
        x = nn.functional.leaky_relu(self.first(x), 0.1)
        x = nn.functional.leaky_relu(self.second(x), 0.1)
        return self.logit(x).squeeze(-1)


OPTIMIZERS = weakref.WeakKeyDictionary()
cross_entropy = nn.BCEWithLogitsLoss()


def optimizer_of(model):
    if model not in OPTIMIZERS:
        OPTIMIZERS[model] = torch.optim.Adam(model.parameters(), lr=1e-3, betas=(0.5, 0.9))
    return OPTIMIZERS[model]


def build_generator(latent_dim, out_dim):
    if latent_dim < 1 or out_dim < 1:
        raise ValueError("a dimension is below 1")
    return Generator(latent_dim, out_dim)


def build_discriminator(in_dim):
    if in_dim < 1:
        raise ValueError("in_dim is below 1")
    return Discriminator(in_dim)


def discriminator_loss(real_logits, fake_logits):
    if real_logits.numel() == 0 or fake_logits.numel() == 0:
        raise ValueError("no logits")
    on_real = cross_entropy(real_logits, torch.ones_like(real_logits))
    on_fake = cross_entropy(fake_logits, torch.zeros_like(fake_logits))
    return on_real + on_fake


def generator_loss(fake_logits):
    if fake_logits.numel() == 0:
        raise ValueError("no logits")
    return cross_entropy(fake_logits, torch.ones_like(fake_logits))


def noise(generator, n, source):
    return torch.randn((n, generator.latent_dim), generator=source)


def train_step(generator, discriminator, real, seed):
    if real.shape[0] == 0:
        raise ValueError("no real rows")
    source = torch.Generator()
    source.manual_seed(int(seed))
    generator.train()
    discriminator.train()

    with torch.no_grad():
        fakes = generator(noise(generator, real.shape[0], source))
    optimizer = optimizer_of(discriminator)
    optimizer.zero_grad()
    d_loss = discriminator_loss(discriminator(real), discriminator(fakes))
    d_loss.backward()
    optimizer.step()

    discriminator.requires_grad_(False)
    optimizer = optimizer_of(generator)
    optimizer.zero_grad()
    g_loss = generator_loss(discriminator(generator(noise(generator, real.shape[0], source))))
    g_loss.backward()
    optimizer.step()
    discriminator.requires_grad_(True)
    return d_loss.detach(), g_loss.detach()


def train(generator, discriminator, data, steps, seed):
    if len(data) == 0 or steps < 0:
        raise ValueError("nothing to train on")
    rng = np.random.default_rng(seed)
    order = np.concatenate([rng.permutation(len(data)) for _ in range(1 + 100 * steps // len(data))])
    for step, rows in zip(range(steps), np.split(order, range(100, len(order), 100)), strict=False):
        train_step(generator, discriminator, data[torch.from_numpy(rows)], seed * 100_003 + step)
    return generator, discriminator


def sample(generator, n, seed):
    if n < 0:
        raise ValueError("n is negative")
    mode = generator.training
    generator.eval()
    with torch.inference_mode():
        made = generator(noise(generator, n, torch.Generator().manual_seed(seed)))
    generator.train(mode)
    return made.numpy()
