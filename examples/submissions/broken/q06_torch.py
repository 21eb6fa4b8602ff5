# The one file here that is in order.
import torch


def positional_encoding(length, d_model, base=10000.0):
    if length < 0 or d_model < 1 or base <= 0:
        raise ValueError("out of range")
    column = torch.arange(d_model, dtype=torch.float64)
    rate = base ** (-torch.div(column, 2, rounding_mode="floor") * 2 / d_model)
    phase = (column % 2) * torch.pi / 2  # cos(x) = sin(x + pi / 2)
    return torch.sin(torch.arange(length, dtype=torch.float64)[:, None] * rate + phase).to(torch.float32)
