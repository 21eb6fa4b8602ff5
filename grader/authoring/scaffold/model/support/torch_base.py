"""What an answer is given in the flesh. It is sent into the answer's process, so it holds nothing that is secret."""

import torch


def build(weight, bias):
    """torch.nn.Linear: x -> x @ weight + bias, with weight [in, out] and bias [out]."""
    layer = torch.nn.Linear(*weight.shape)
    with torch.no_grad():
        layer.weight.copy_(weight.T)
        layer.bias.copy_(bias)
    return layer
