"""Low-rank adaptation: Hu et al., 2021 (arXiv:2106.09685), section 4.1."""

import torch
from torch import Tensor, nn
from torch.nn import functional


class LoraLinear(nn.Module):
    """base(x) + dropout(x) @ a @ b, with a [in, rank] and b [rank, out]. `base` is frozen."""

    def __init__(self, base: nn.Linear, rank: int, dropout: float, seed: int) -> None:
        super().__init__()
        if not 1 <= rank <= min(base.in_features, base.out_features) or not 0 <= dropout < 1:
            raise ValueError("expected a rank from 1 to the smaller side of the weight, and a dropout in [0, 1)")
        self.base = base.requires_grad_(False)
        self.dropout = nn.Dropout(dropout)
        random = torch.Generator().manual_seed(seed)
        self.a = nn.Parameter(nn.init.xavier_normal_(torch.empty(base.in_features, rank), generator=random))
        self.b = nn.Parameter(torch.zeros(rank, base.out_features))

    def forward(self, x: Tensor) -> Tensor:
        return self.base(x) + self.dropout(x) @ self.a @ self.b


def train(model: LoraLinear, x: Tensor, y: Tensor, steps: int) -> None:
    """`steps` steps of Adam on mean((model(x) - y)^2) with respect to a and b, in place. x [N, in], y [N, out]."""
    if steps < 0:
        raise ValueError("steps must not be negative")
    optimizer = torch.optim.Adam([model.a, model.b], lr=0.03)
    model.train()
    for _ in range(steps):
        optimizer.zero_grad()
        functional.mse_loss(model(x), y).backward()
        optimizer.step()
