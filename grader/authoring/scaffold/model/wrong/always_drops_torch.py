# /// wrong
# framework = "torch"
# loses = ["test_modes"]
# diagnosis = "dropout acts in eval mode too"
# diagnosis_zh = "eval 模式下 dropout 仍然生效"
# ///

import torch
import torch.nn as nn
import torch.nn.functional as F


class LoraLinear(nn.Module):
    def __init__(self, base, rank, dropout, seed):
        super().__init__()
        out_features, in_features = base.weight.shape
        if rank < 1 or rank > min(out_features, in_features) or dropout < 0 or dropout >= 1:
            raise ValueError("bad rank or dropout")
        torch.manual_seed(seed)
        self.base = base
        for p in self.base.parameters():
            p.requires_grad = False
        self.p = dropout
        self.lora_a = nn.Parameter(torch.randn(in_features, rank) * 0.3)
        self.lora_b = nn.Parameter(torch.zeros(rank, out_features))

    def forward(self, x):
        h = F.dropout(x, self.p)
        return self.base(x) + (h @ self.lora_a) @ self.lora_b


def train(model, x, y, steps):
    if steps < 0:
        raise ValueError("bad steps")
    model.train()
    optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=0.02)
    for _ in range(steps):
        loss = ((model(x) - y) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
