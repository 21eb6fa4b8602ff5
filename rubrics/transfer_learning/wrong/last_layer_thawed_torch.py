# /// wrong
# framework = "torch"
# loses = ["test_frozen_to_the_bit", "test_what_trains"]
# also = []
# diagnosis = "the base's last layer stays trainable"
# diagnosis_zh = "基座的最后一层仍可训练"
# ///

import copy

import torch
import torch.nn.functional as F
from torch import Tensor, nn

BATCH, LEARNING_RATE = 10, 1e-2


def build(base: nn.Module, feature_dim: int, num_classes: int, freeze: bool = True) -> nn.Module:
    """A linear head on a copy of the base, which gives [N, feature_dim]. Raises ValueError for a size below 1."""
    if min(feature_dim, num_classes) < 1:
        raise ValueError("sizes must be at least 1")
    base = copy.deepcopy(base).requires_grad_(not freeze)
    base[-1].requires_grad_(True)
    return nn.Sequential(base, nn.Linear(feature_dim, num_classes))


def train(model: nn.Module, x: Tensor, y: Tensor, epochs: int, seed: int) -> nn.Module:
    """Minimise the cross entropy of y [N] given x [N, D], in what is not frozen.

    Raises ValueError for negative epochs, and unless there is one label for each row.
    """
    if epochs < 0 or len(x) != len(y):
        raise ValueError("expected epochs of at least 0, and a label for each row")
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam((p for p in model.parameters() if p.requires_grad), LEARNING_RATE)
    for _ in range(epochs):
        for rows in torch.randperm(len(x), generator=generator).split(BATCH):
            loss = F.cross_entropy(model(x[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return model


@torch.no_grad()
def predict(model: nn.Module, x: Tensor) -> Tensor:
    """Probabilities [N, C] of x [N, D]."""
    return model(x).softmax(dim=-1)
