# /// wrong
# framework = "torch"
# loses = ["test_unfrozen", "test_what_trains"]
# also = []
# diagnosis = "the base is frozen also where it is not to be"
# diagnosis_zh = "该训练时基座也被冻结"
# ///

import copy

import torch
import torch.nn.functional as F
from torch import Tensor, nn

CHANNELS = 24
BATCH, LEARNING_RATE = 16, 2e-2
BASE_RATE = 2e-3  # what is trained already moves more slowly


def build_classifier(base: nn.Module, num_classes: int, freeze: bool = True) -> nn.Module:
    """A linear head on a copy of the base. Raises ValueError for fewer classes than one."""
    if num_classes < 1:
        raise ValueError("there must be a class")
    return Classifier(copy.deepcopy(base), num_classes, freeze)


def train(model: nn.Module, x: Tensor, y: Tensor, epochs: int, seed: int) -> nn.Module:
    """Minimise the cross entropy of y [N] given x [N, 3, H, W], in what is not frozen.

    Raises ValueError for negative epochs, and unless there is one label for each image.
    """
    if epochs < 0 or len(x) != len(y):
        raise ValueError("expected epochs of at least 0, and a label for each image")
    generator = torch.Generator().manual_seed(seed)
    groups = [{"params": model.head.parameters()}, {"params": model.base.parameters(), "lr": BASE_RATE}]
    optimizer = torch.optim.Adam(groups, LEARNING_RATE)
    model.train()
    for _ in range(epochs):
        for rows in torch.randperm(len(x), generator=generator).split(BATCH):
            loss = F.cross_entropy(model(x[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return model.eval()


@torch.no_grad()
def predict(model: nn.Module, x: Tensor) -> Tensor:
    """Probabilities [N, C] of x [N, 3, H, W]."""
    return model(x).softmax(dim=-1)


def evaluate(model: nn.Module, x: Tensor, y: Tensor) -> float:
    """The share of x whose most probable class is y. Raises ValueError without images, and unless each has a label."""
    if len(x) == 0 or len(x) != len(y):
        raise ValueError("expected an image at least, and a label for each")
    return (predict(model, x).argmax(dim=-1) == y).float().mean().item()


class Classifier(nn.Module):
    """A base that stays in evaluation mode, statistics and all, as long as it is frozen."""

    def __init__(self, base: nn.Module, num_classes: int, freeze: bool) -> None:
        super().__init__()
        self.freeze = freeze
        self.base = base.requires_grad_(False)
        self.head = nn.Linear(CHANNELS, num_classes)
        self.train(self.training)

    def train(self, mode: bool = True) -> nn.Module:
        super().train(mode)
        self.base.train(mode and not self.freeze)
        return self

    def forward(self, x: Tensor) -> Tensor:
        """x [N, 3, H, W] -> logits [N, C]"""
        return self.head(self.base(x).mean(dim=(2, 3)))
