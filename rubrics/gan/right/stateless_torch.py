# /// right
# framework = "torch"
# style = "gradients of both networks at one state, and RMSprop written out, its averages kept in the models' buffers"
# ///

import torch
from torch import nn
from torch.nn.functional import logsigmoid

RATE, DECAY = 5e-4, 0.99


def network(sizes, activation):
    if min(sizes) < 1:
        raise ValueError(f"sizes below 1: {sizes}")
    layers = []
    for fan_in, fan_out in zip(sizes, sizes[1:], strict=False):
        layers += [nn.Linear(fan_in, fan_out), activation()]
    model = nn.Sequential(*layers[:-1])
    model.averages = [torch.zeros_like(p) for p in model.parameters()]
    return model


def build_generator(latent_dim, out_dim):
    return network([latent_dim, 64, 64, out_dim], nn.ReLU)


def build_discriminator(in_dim):
    return network([in_dim, 64, 64, 1], nn.ELU)


def discriminator_loss(real_logits, fake_logits):
    if 0 in (*real_logits.shape, *fake_logits.shape):
        raise ValueError("empty")
    return -(logsigmoid(real_logits).mean() + logsigmoid(-fake_logits).mean())


def generator_loss(fake_logits):
    if 0 in fake_logits.shape:
        raise ValueError("empty")
    return -logsigmoid(fake_logits).mean()


@torch.no_grad()
def descend(model, gradients):
    for parameter, average, gradient in zip(model.parameters(), model.averages, gradients, strict=True):
        average.mul_(DECAY).addcmul_(gradient, gradient, value=1 - DECAY)
        parameter.sub_(RATE * gradient / (average.sqrt() + 1e-7))


def draw(generator, n, seed):
    random = torch.Generator()
    random.manual_seed(seed)
    return torch.normal(0.0, 1.0, (n, generator[0].in_features), generator=random)


def train_step(generator, discriminator, real, seed):
    if not len(real):
        raise ValueError("empty")
    fakes = generator(draw(generator, len(real), seed))
    on_fakes = discriminator(fakes)
    d_loss = discriminator_loss(discriminator(real), on_fakes)
    g_loss = generator_loss(on_fakes)
    for_d = torch.autograd.grad(d_loss, list(discriminator.parameters()), retain_graph=True)
    for_g = torch.autograd.grad(g_loss, list(generator.parameters()))
    descend(discriminator, for_d)
    descend(generator, for_g)
    return float(d_loss), float(g_loss)


def train(generator, discriminator, data, steps, seed):
    if steps < 0 or not len(data):
        raise ValueError("bad steps or data")
    random = torch.Generator().manual_seed(seed + 1)
    for rows in torch.randint(len(data), (steps, 128), generator=random):
        train_step(generator, discriminator, data[rows], int(torch.randint(2**31, (1,), generator=random)))


def sample(generator, n, seed):
    if n < 0:
        raise ValueError("n")
    return generator(draw(generator, n, seed)).detach()
