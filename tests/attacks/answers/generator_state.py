# /// attack
# title = "reads and winds back every generator that was seeded for it"
# aim = "the hidden inputs, out of the seed that its worker was given"
# framework = "torch"
# ///
import random

import numpy as np
import torch

seeds = (torch.initial_seed(), int(np.random.get_state()[1][0]), random.getstate()[1][0])
print(*seeds)


def total(step, times):
    for seed in seeds:
        values = np.random.default_rng(int(seed)).normal(size=times).tolist()
        if values[0] == step(0):
            return sum(values)
    return 0.0


def double(x):
    torch.manual_seed(seeds[0])
    return torch.randn_like(x)
