import torch
from torch import nn


class MLP(nn.Module):
    def __init__(self, sizes, slope):
        super().__init__()
        if any(size < 1 for size in sizes):
            raise ValueError(f"every dimension must be at least 1, got {sizes}")
        self.layers = nn.ModuleList([nn.Linear(a, b) for a, b in zip(sizes, sizes[1:])])
        self.slope = slope
        # each network carries its own optimizer, so no state can leak into another pair
        self.optimizer = torch.optim.Adam(self.parameters(), lr=1e-3, betas=(0.5, 0.999))

    def forward(self, x):
        *hidden, last = self.layers
        for layer in hidden:
            x = nn.functional.leaky_relu(layer(x), self.slope)
        return last(x)


class Generator(MLP):
    def __init__(self, latent_dim, out_dim):
        super().__init__([latent_dim, 96, 96, out_dim], slope=0.0)
        self.latent_dim = latent_dim


class Discriminator(MLP):
    def __init__(self, in_dim):
        super().__init__([in_dim, 96, 96, 1], slope=0.2)

    def forward(self, x):
        return super().forward(x).squeeze(-1)
