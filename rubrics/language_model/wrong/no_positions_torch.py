# /// wrong
# framework = "torch"
# loses = ["test_positions", "test_looks_back"]
# also = ["test_parameter_count", "test_seed"]
# diagnosis = "there are no positions: earlier tokens are a bag"
# diagnosis_zh = "没有位置信息，前文成了词袋"
# ///

import torch
import torch.nn.functional as F
from torch import Tensor, nn

BATCH, LEARNING_RATE = 32, 5e-3


def build_language_model(vocab_size: int, max_len: int, d_model: int, num_heads: int, d_ff: int) -> nn.Module:
    """Raises ValueError for a size below 1, and unless num_heads divides d_model."""
    if min(vocab_size, max_len, d_model, num_heads, d_ff) < 1 or d_model % num_heads:
        raise ValueError("sizes must be at least 1, and num_heads must divide d_model")
    return LanguageModel(vocab_size, max_len, d_model, num_heads, d_ff)


def fit(model: nn.Module, ids: Tensor, epochs: int, seed: int) -> nn.Module:
    """Minimise the cross entropy of each token of ids [N, T] given those before it.

    Raises ValueError for negative epochs, and where T is below 2 or above max_len.
    """
    if epochs < 0 or not 2 <= ids.shape[1] <= model.max_len:
        raise ValueError("expected epochs of at least 0, and rows of 2 to max_len tokens")
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), LEARNING_RATE)
    for _ in range(epochs):
        for rows in torch.randperm(len(ids), generator=generator).split(BATCH):
            logits = model.logits(ids[rows, :-1])
            loss = F.cross_entropy(logits.flatten(0, 1), ids[rows, 1:].flatten())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return model


class LanguageModel(nn.Module):
    """Embeddings of tokens and positions, one block of causal attention and feed-forward part, and a linear layer."""

    def __init__(self, vocab_size: int, max_len: int, d_model: int, num_heads: int, d_ff: int) -> None:
        super().__init__()
        self.max_len = max_len
        self.tokens = nn.Embedding(vocab_size, d_model)
        self.positions = nn.Embedding(max_len, d_model)
        self.norm1 = nn.LayerNorm(d_model)
        self.attention = nn.MultiheadAttention(d_model, num_heads, batch_first=True)
        self.norm2 = nn.LayerNorm(d_model)
        self.feed_forward = nn.Sequential(nn.Linear(d_model, d_ff), nn.GELU(), nn.Linear(d_ff, d_model))
        self.norm3 = nn.LayerNorm(d_model)
        self.output = nn.Linear(d_model, vocab_size)

    def forward(self, ids: Tensor) -> Tensor:
        """ids [B, T] -> probabilities of the next token [B, T, V]"""
        return self.logits(ids).softmax(dim=-1)

    def logits(self, ids: Tensor) -> Tensor:
        """ids [B, T] -> [B, T, V]"""
        length = ids.shape[1]
        later = torch.ones(length, length, dtype=torch.bool).triu(1)
        x = self.tokens(ids)
        y = self.norm1(x)
        x = x + self.attention(y, y, y, attn_mask=later, need_weights=False)[0]
        x = x + self.feed_forward(self.norm2(x))
        return self.output(self.norm3(x))
