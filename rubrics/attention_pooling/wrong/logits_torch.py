# /// wrong
# framework = "torch"
# loses = ["test_padding", "test_learns"]
# also = ["test_bad_arguments"]
# diagnosis = "predict gives logits in place of probabilities"
# diagnosis_zh = "predict 给出的是 logit 而不是概率"
# ///

import torch
import torch.nn.functional as F
from torch import Tensor, nn

BATCH, LEARNING_RATE = 32, 1e-2


def additive_attention(
    query: Tensor,
    keys: Tensor,
    values: Tensor,
    params: dict[str, Tensor],
    mask: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    if query.shape[-1] != len(params["wq"]) or keys.shape[-1] != len(params["wk"]):
        raise ValueError("the query and the keys must fit wq and wk")
    if keys.shape[:2] != values.shape[:2] or len(query) != len(keys):
        raise ValueError("query, keys and values must agree in batch and length")
    if mask is not None and mask.shape != keys.shape[:2]:
        raise ValueError("the mask must be [B, T]")
    scores = torch.tanh((query @ params["wq"])[:, None] + keys @ params["wk"]) @ params["v"]
    if mask is None:
        weights = torch.softmax(scores, dim=1)
    else:
        weights = torch.softmax(scores.masked_fill(~mask, torch.finfo(scores.dtype).min), dim=1) * mask
    return torch.einsum("bt,btv->bv", weights, values), weights


def build_model(vocab_size: int, d_model: int, num_classes: int) -> nn.Module:
    if min(vocab_size, d_model, num_classes) < 1:
        raise ValueError("sizes must be at least 1")
    return AttentionClassifier(vocab_size, d_model, num_classes)


def train(model: nn.Module, ids: Tensor, labels: Tensor, epochs: int, seed: int) -> nn.Module:
    if epochs < 0 or len(ids) != len(labels):
        raise ValueError("expected epochs of at least 0, and a label for each row")
    random = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), LEARNING_RATE)
    for _ in range(epochs):
        for rows in torch.randperm(len(ids), generator=random).split(BATCH):
            loss = F.cross_entropy(model(ids[rows])[0], labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return model


@torch.no_grad()
def predict(model: nn.Module, ids: Tensor) -> Tensor:
    return model(ids)[0]


@torch.no_grad()
def attention_weights(model: nn.Module, ids: Tensor) -> Tensor:
    return model(ids)[1]


class AttentionClassifier(nn.Module):
    def __init__(self, vocab_size: int, d_model: int, num_classes: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, d_model)
        self.query = nn.Parameter(torch.randn(d_model))
        scale = d_model**-0.5
        self.attention = nn.ParameterDict(
            {
                "wq": scale * torch.randn(d_model, d_model),
                "wk": scale * torch.randn(d_model, d_model),
                "v": scale * torch.randn(d_model),
            }
        )
        self.output = nn.Linear(d_model, num_classes)

    def forward(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        x = self.embedding(ids)
        context, weights = additive_attention(self.query.expand(len(ids), -1), x, x, self.attention, ids != 0)
        return self.output(context), weights
