import torch
from torch import nn

EPS = 1e-8


def net(a, b):
    return nn.Sequential(nn.Linear(a, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, b))


def build_generator(latent_dim, out_dim):
    model = net(latent_dim, out_dim)
    model.latent_dim = latent_dim
    return model


def build_discriminator(in_dim):
    return net(in_dim, 1)


def discriminator_loss(real_logits, fake_logits):
    real, fake = torch.sigmoid(real_logits), torch.sigmoid(fake_logits)
    return -torch.log(real + EPS).mean() - torch.log(1 - fake + EPS).mean()


def generator_loss(fake_logits):
    # minimise log(1 - D(G(z))), as on the first page of the paper
    return torch.log(1 - torch.sigmoid(fake_logits) + EPS).mean()


def optimizers(generator, discriminator):
    if not hasattr(generator, "opt"):
        generator.opt = torch.optim.Adam(generator.parameters(), lr=1e-3, betas=(0.5, 0.999))
    if not hasattr(discriminator, "opt"):
        discriminator.opt = torch.optim.Adam(discriminator.parameters(), lr=1e-3, betas=(0.5, 0.999))
    return generator.opt, discriminator.opt


def train_step(generator, discriminator, real, seed):
    g_opt, d_opt = optimizers(generator, discriminator)
    torch.manual_seed(seed)
    fake = generator(torch.randn(len(real), generator.latent_dim))
    d_loss = discriminator_loss(discriminator(real), discriminator(fake.detach()))
    d_opt.zero_grad()
    d_loss.backward()
    d_opt.step()
    g_loss = generator_loss(discriminator(fake))
    g_opt.zero_grad()
    g_loss.backward()
    g_opt.step()
    return d_loss.item(), g_loss.item()


def train(generator, discriminator, data, steps, seed):
    torch.manual_seed(seed)
    for step in range(steps):
        rows = torch.randint(len(data), (64,))
        train_step(generator, discriminator, data[rows], seed + step)


def sample(generator, n, seed):
    torch.manual_seed(seed)
    return generator(torch.randn(n, generator.latent_dim))
