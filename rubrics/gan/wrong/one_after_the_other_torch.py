# /// wrong
# framework = "torch"
# loses = ["test_covers_modes", "test_mmd"]
# diagnosis = "the discriminator is trained first and then held fixed while the generator runs for its maximum"
# diagnosis_zh = "先训练判别器，再固定它训练生成器，生成器于是奔向它的极大点"
# ///

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self, sizes, slope):
        super().__init__()
        if min(sizes) < 1:
            raise ValueError("dimensions must be at least 1")
        self.sizes, self.slope = sizes, slope
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))
        self.opt = torch.optim.Adam(self.parameters(), lr=1e-3, betas=(0.5, 0.999))

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = F.leaky_relu(layer(x), self.slope)
        return self.layers[-1](x)


def build_generator(latent_dim, out_dim):
    return Net([latent_dim, 64, 64, out_dim], 0.0)


def build_discriminator(in_dim):
    return Net([in_dim, 64, 64, 1], 0.2)


def noise(generator, n, seed):
    if n < 1:
        raise ValueError("an empty batch")
    return torch.randn(n, generator.sizes[0], generator=torch.Generator().manual_seed(seed))


def check(*batches):
    if any(b.numel() == 0 for b in batches):
        raise ValueError("an empty batch")


def bce(logits, label):
    check(logits)
    return F.binary_cross_entropy_with_logits(logits, torch.full_like(logits, label))


def discriminator_loss(real_logits, fake_logits):
    return bce(real_logits, 1.0) + bce(fake_logits, 0.0)


def generator_loss(fake_logits):
    return bce(fake_logits, 1.0)


def train_step(generator, discriminator, real, seed):
    fake = generator(noise(generator, len(real), seed))
    d_loss = discriminator_loss(discriminator(real), discriminator(fake.detach()))
    discriminator.opt.zero_grad()
    d_loss.backward()
    discriminator.opt.step()
    g_loss = generator_loss(discriminator(fake))
    generator.opt.zero_grad()
    g_loss.backward()
    generator.opt.step()
    return d_loss.item(), g_loss.item()


def train(generator, discriminator, data, steps, seed):
    if steps < 0 or len(data) == 0:
        raise ValueError("nothing to train on")
    g = torch.Generator().manual_seed(seed)
    for step in range(steps):
        z = torch.randn(128, generator.sizes[0], generator=g)
        batch = data[torch.randint(0, len(data), (128,), generator=g)]
        if step < steps // 2:
            loss = discriminator_loss(discriminator(batch), discriminator(generator(z).detach()))
            opt = discriminator.opt
        else:
            loss = generator_loss(discriminator(generator(z)))
            opt = generator.opt
        opt.zero_grad()
        loss.backward()
        opt.step()


def sample(generator, n, seed):
    with torch.no_grad():
        return generator(noise(generator, n, seed))
