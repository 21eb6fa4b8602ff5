# /// wrong
# framework = "torch"
# loses = ["test_starts_as_base"]
# also = ["test_bad_arguments"]
# diagnosis = "neither factor starts at zero"
# diagnosis_zh = "两个因子都没有从零开始"
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
        self.lora_b = nn.Parameter(torch.randn(rank, out_features) * 0.3)

    def forward(self, x):
        h = F.dropout(x, self.p, self.training)
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
