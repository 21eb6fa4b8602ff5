# /// right
# framework = "torch"
# style = "powers of unit complex numbers, in float64; a numpy array is returned"
# ///

import torch


def positional_encoding(length, d_model, base=10000.0):
    if length < 0:
        raise ValueError("negative length")
    if d_model < 1:
        raise ValueError("d_model below 1")
    if not base > 0:
        raise ValueError("base must be positive")
    pairs = (d_model + 1) // 2
    frequencies = torch.as_tensor(base, dtype=torch.float64) ** (
        -2 * torch.arange(pairs, dtype=torch.float64) / d_model
    )
    waves = torch.exp(1j * torch.outer(torch.arange(length, dtype=torch.float64), frequencies))
    table = torch.stack([waves.imag, waves.real], dim=-1).reshape(length, 2 * pairs)
    return table[:, :d_model].float().numpy()
