# /// wrong
# framework = "torch"
# loses = ["test_bad_arguments"]
# also = []
# diagnosis = "bad arguments are not refused"
# diagnosis_zh = "没有拒绝错误的参数"
# ///

import torch
import torch.nn.functional as F
from torch import Tensor, nn

BATCH, LEARNING_RATE, WIDTH = 32, 5e-3, 32


def build_classifier(vocab_size: int, max_len: int, num_classes: int) -> nn.Module:
    """Of texts of up to max_len tokens; token 0 is padding. Raises ValueError for a size below 1."""
    return TextCNN(vocab_size, max_len, num_classes)


def train(model: nn.Module, ids: Tensor, labels: Tensor, epochs: int, seed: int) -> nn.Module:
    """Minimise the cross entropy of labels [N] given ids [N, T].

    Raises ValueError for negative epochs, unless there is one label for each row, and where T is above max_len.
    """
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), LEARNING_RATE)
    for _ in range(epochs):
        for rows in torch.randperm(len(ids), generator=generator).split(BATCH):
            loss = F.cross_entropy(model(ids[rows]), labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return model


@torch.no_grad()
def predict(model: nn.Module, ids: Tensor) -> Tensor:
    """Probabilities [N, C] of ids [N, T]. Raises ValueError where T is above max_len."""
    return model(ids).softmax(dim=-1)


class TextCNN(nn.Module):
    """Filters over three tokens at a time, of which each keeps its greatest response to a real token."""

    def __init__(self, vocab_size: int, max_len: int, num_classes: int) -> None:
        super().__init__()
        self.max_len = max_len
        self.embedding = nn.Embedding(vocab_size, WIDTH)
        self.filters = nn.Conv1d(WIDTH, WIDTH, kernel_size=3, padding=1)
        self.output = nn.Linear(WIDTH, num_classes)

    def forward(self, ids: Tensor) -> Tensor:
        """ids [N, T] -> logits [N, C]"""
        real = (ids != 0)[..., None]
        x = self.embedding(ids) * real
        responses = self.filters(x.transpose(1, 2)).transpose(1, 2).relu() * real
        return self.output(responses.amax(dim=1))
