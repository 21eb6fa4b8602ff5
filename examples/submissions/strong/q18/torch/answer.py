"""A GAN for points of the plane. The networks are in networks.py."""

import torch
from torch.nn.functional import binary_cross_entropy_with_logits as bce

from networks import Discriminator, Generator


def build_generator(latent_dim, out_dim):
    return Generator(latent_dim, out_dim)


def build_discriminator(in_dim):
    return Discriminator(in_dim)


def discriminator_loss(real_logits, fake_logits):
    if real_logits.numel() == 0 or fake_logits.numel() == 0:
        raise ValueError("empty batch")
    return bce(real_logits, torch.ones_like(real_logits)) + bce(fake_logits, torch.zeros_like(fake_logits))


def generator_loss(fake_logits):
    if fake_logits.numel() == 0:
        raise ValueError("empty batch")
    # non-saturating: the fakes are labelled as real
    return bce(fake_logits, torch.ones_like(fake_logits))


def _step(generator, discriminator, real, rng):
    z = torch.randn(real.shape[0], generator.latent_dim, generator=rng)

    discriminator.optimizer.zero_grad(set_to_none=True)
    with torch.no_grad():
        fake = generator(z)
    d_loss = discriminator_loss(discriminator(real), discriminator(fake))
    d_loss.backward()
    discriminator.optimizer.step()

    generator.optimizer.zero_grad(set_to_none=True)
    discriminator.requires_grad_(False)
    g_loss = generator_loss(discriminator(generator(z)))
    g_loss.backward()
    generator.optimizer.step()
    discriminator.requires_grad_(True)
    return d_loss.item(), g_loss.item()


def train_step(generator, discriminator, real, seed):
    if len(real) == 0:
        raise ValueError("empty batch")
    return _step(generator, discriminator, real, torch.Generator().manual_seed(seed))


def train(generator, discriminator, data, steps, seed, batch_size=128):
    if steps < 0:
        raise ValueError("steps must not be negative")
    if len(data) == 0:
        raise ValueError("no data")
    rng = torch.Generator().manual_seed(seed)
    done = 0
    while done < steps:
        for rows in torch.randperm(len(data), generator=rng).split(batch_size):
            if done == steps:
                break
            _step(generator, discriminator, data[rows], rng)
            done += 1


@torch.no_grad()
def sample(generator, n, seed):
    if n < 0:
        raise ValueError("n must not be negative")
    generator.eval()
    return generator(torch.randn(n, generator.latent_dim, generator=torch.Generator().manual_seed(seed)))
