import torch


def positional_encoding(length, d_model, base=10000.0):
    # a learned table, before any learning
    if length < 0 or d_model < 1 or base <= 0:
        raise ValueError("wrong argument")
    return torch.randn(length, d_model)
