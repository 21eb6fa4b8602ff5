# /// right
# framework = "torch"
# style = "attention by hand, a head at a time with matrices of its own; sines; two blocks; embedding and output share a matrix"
# ///

import math

import torch
from torch import nn


class Head(nn.Module):
    def __init__(self, d_model, width):
        super().__init__()
        self.q = nn.Linear(d_model, width, bias=False)
        self.k = nn.Linear(d_model, width, bias=False)
        self.v = nn.Linear(d_model, width, bias=False)

    def forward(self, x):
        t = x.shape[1]
        scores = self.q(x) @ self.k(x).transpose(1, 2) / math.sqrt(self.q.out_features)
        scores = scores.masked_fill(~torch.tril(torch.ones(t, t)).bool(), float("-inf"))
        return scores.softmax(-1) @ self.v(x)


class Block(nn.Module):
    def __init__(self, d_model, num_heads, d_ff):
        super().__init__()
        self.heads = nn.ModuleList([Head(d_model, d_model // num_heads) for _ in range(num_heads)])
        self.join = nn.Linear(d_model, d_model)
        self.up, self.down = nn.Linear(d_model, d_ff), nn.Linear(d_ff, d_model)
        self.ln1, self.ln2 = nn.LayerNorm(d_model), nn.LayerNorm(d_model)

    def forward(self, x):
        x = x + self.join(torch.cat([head(self.ln1(x)) for head in self.heads], dim=-1))
        return x + self.down(torch.relu(self.up(self.ln2(x))))


class Model(nn.Module):
    def __init__(self, vocab_size, max_len, d_model, num_heads, d_ff):
        super().__init__()
        self.embed = nn.Embedding(vocab_size, d_model)
        nn.init.normal_(self.embed.weight, std=0.5)
        place = torch.arange(max_len)[:, None]
        rate = torch.exp(-math.log(100.0) * torch.arange(0, d_model, 2) / d_model)
        table = torch.zeros(max_len, d_model)
        table[:, 0::2] = torch.sin(place * rate)
        table[:, 1::2] = torch.cos(place * rate)[:, : d_model // 2]
        self.register_buffer("table", table)
        self.blocks = nn.Sequential(*[Block(d_model, num_heads, d_ff) for _ in range(2)])
        self.norm = nn.LayerNorm(d_model)

    def forward(self, ids):
        x = self.blocks(self.embed(ids) + self.table[: ids.shape[1]])
        return torch.softmax(self.norm(x) @ self.embed.weight.T, dim=-1)


def build_language_model(vocab_size, max_len, d_model, num_heads, d_ff):
    if any(size <= 0 for size in (vocab_size, max_len, d_model, num_heads, d_ff)):
        raise ValueError("sizes must be positive")
    if d_model % num_heads != 0:
        raise ValueError("heads must divide the width")
    return Model(vocab_size, max_len, d_model, num_heads, d_ff)


def fit(model, ids, epochs, seed):
    n, t = ids.shape
    if epochs < 0 or t < 2 or t > len(model.table):
        raise ValueError("bad epochs or length")
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.01)
    model.train()
    for _ in range(epochs):
        order = torch.randperm(n, generator=generator)
        for start in range(0, n, 32):
            batch = ids[order[start : start + 32]]
            chosen = model(batch)[:, :-1].gather(-1, batch[:, 1:, None])
            loss = -torch.log(chosen.clamp_min(1e-9)).mean()
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
    return model.eval()
