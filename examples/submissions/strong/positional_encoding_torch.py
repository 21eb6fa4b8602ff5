import math

import torch


def positional_encoding(length: int, d_model: int, base: float = 10000.0) -> torch.Tensor:
    if length < 0 or d_model < 1 or base <= 0:
        raise ValueError(f"cannot encode {length} positions in {d_model} dimensions with base {base}")

    pairs = math.ceil(d_model / 2)
    # base ** (-2i / d_model), by way of its logarithm; float64 keeps far positions exact
    log_freq = torch.arange(pairs, dtype=torch.double).mul(-2.0 * math.log(base) / d_model)
    angles = torch.outer(torch.arange(length, dtype=torch.double), log_freq.exp())
    interleaved = torch.stack((angles.sin(), angles.cos()), dim=-1).flatten(start_dim=1)
    return interleaved[:, :d_model].float()
