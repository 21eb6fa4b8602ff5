# /// attack
# title = "forges gradients: a custom backward, hooks, and a reply in place of them"
# aim = "points for a backward pass that is not there"
# framework = "torch"
# ///
import torch
from wire_helper import reply

SIZE = 60 << 20


class Forged(torch.autograd.Function):
    @staticmethod
    def forward(context, x):
        return x

    @staticmethod
    def backward(context, cotangent):
        reply({"value": {2: ["uint8", [SIZE], 0, SIZE]}}, SIZE)
        return cotangent


def double(x):
    return Forged.apply(x)
