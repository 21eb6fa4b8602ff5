"""RoBERTa: Liu et al., 2019 (arXiv:1907.11692), section 3.1 and table 1 (a new mask whenever a text is seen); positions
and classification head as in its published code (fairseq).
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

IGNORED = -100
PADDING = 0
BATCH, LEARNING_RATE, WIDTH = 32, 3e-3, 32


def position_ids(ids: Tensor, padding_id: int) -> Tensor:
    """ids [B, T] -> [B, T]: the real tokens of a row count from padding_id + 1, padding has padding_id."""
    real = ids != padding_id
    return real.cumsum(dim=1) * real + padding_id


def classification_head(hidden: Tensor, params: dict[str, Tensor]) -> Tensor:
    """tanh(first token w1 + b1) w2 + b2.

    hidden [B, T, D], params w1 [D, H], b1 [H], w2 [H, C], b2 [C]. Returns logits [B, C]. Raises ValueError where the
    matrices do not fit.
    """
    w1, b1, w2, b2 = (params[name] for name in ("w1", "b1", "w2", "b2"))
    if hidden.shape[2] != w1.shape[0] or w1.shape[1] != w2.shape[0]:
        raise ValueError("hidden, w1 and w2 do not fit")
    return torch.tanh(hidden[:, 0] @ w1 + b1) @ w2 + b2


def dynamic_mask(
    ids: Tensor,
    epoch: int,
    mask_id: int,
    vocab_size: int,
    special_ids: list[int],
    probability: float = 0.15,
    seed: int = 0,
) -> tuple[Tensor, Tensor]:
    """ids [B, T] -> (inputs [B, T], labels [B, T]): BERT's mask, drawn anew for each epoch.

    Each ordinary position is chosen with `probability`; of the chosen, 80 % become mask_id, 10 % random, 10 % stay.
    Labels are -100 where nothing is to be predicted. Raises ValueError for a probability outside [0, 1] and an epoch
    below 0.
    """
    if not 0 <= probability <= 1 or epoch < 0:
        raise ValueError("probability or epoch is out of range")
    mixed = int(np.random.SeedSequence([seed, epoch]).generate_state(1)[0])
    generator = torch.Generator().manual_seed(mixed)
    special = torch.isin(ids, torch.tensor(special_ids, dtype=ids.dtype))
    chosen = (torch.rand(ids.shape, generator=generator) < probability) & ~special
    fate = torch.rand(ids.shape, generator=generator)
    random_ids = torch.randint(vocab_size, ids.shape, generator=generator)
    replacements = torch.where(fate < 0.8, mask_id, torch.where(fate < 0.9, random_ids, ids))
    return torch.where(chosen, replacements, ids), torch.where(chosen, ids, IGNORED)


def build_classifier(vocab_size: int, max_len: int, num_classes: int) -> nn.Module:
    """Raises ValueError for a size below 1."""
    if min(vocab_size, max_len, num_classes) < 1:
        raise ValueError("sizes must be at least 1")
    return Classifier(vocab_size, max_len, num_classes)


def train(model: nn.Module, ids: Tensor, labels: Tensor, epochs: int, seed: int) -> nn.Module:
    """Minimise the cross entropy of labels [N] given ids [N, T].

    Raises ValueError for negative epochs, and unless there is one label for each row.
    """
    if epochs < 0 or len(ids) != len(labels):
        raise ValueError("expected epochs of at least 0, and a label for each row")
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
    """Probabilities [N, C] of ids [N, T]. Raises ValueError for rows that are longer than the model's max_len."""
    return model(ids).softmax(dim=-1)


class Classifier(nn.Module):
    """Token and position embeddings, one layer of a Transformer's encoder, and RoBERTa's head on the first token."""

    def __init__(self, vocab_size: int, max_len: int, num_classes: int) -> None:
        super().__init__()
        self.max_len = max_len
        self.tokens = nn.Embedding(vocab_size, WIDTH)
        self.positions = nn.Embedding(PADDING + 1 + max_len, WIDTH)
        self.encoder = nn.TransformerEncoderLayer(WIDTH, 2, 2 * WIDTH, dropout=0.0, batch_first=True, norm_first=True)
        self.head = nn.ParameterDict(
            {
                "w1": WIDTH**-0.5 * torch.randn(WIDTH, WIDTH),
                "b1": torch.zeros(WIDTH),
                "w2": WIDTH**-0.5 * torch.randn(WIDTH, num_classes),
                "b2": torch.zeros(num_classes),
            }
        )

    def forward(self, ids: Tensor) -> Tensor:
        """ids [N, T] -> logits [N, C]"""
        if ids.shape[1] > self.max_len:
            raise ValueError(f"a row is longer than {self.max_len}")
        x = self.tokens(ids) + self.positions(position_ids(ids, PADDING))
        return classification_head(self.encoder(x, src_key_padding_mask=ids == PADDING), self.head)
