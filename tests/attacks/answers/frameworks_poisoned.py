# /// attack
# title = "poisons torch for whoever comes next: defaults, hooks, threads, operators"
# aim = "the next criterion, or the reference, computes something else"
# framework = "torch"
# ///
import torch

torch.set_default_dtype(torch.float64)
torch.set_grad_enabled(False)
torch.use_deterministic_algorithms(True)
torch.set_flush_denormal(True)
torch.manual_seed = torch.default_generator.manual_seed
torch.Tensor.__add__ = lambda self, other: torch.zeros_like(self)
torch.Tensor.numpy = lambda self, **kwargs: torch.zeros(1).numpy()
torch.Tensor.detach = lambda self: self
torch.from_numpy = lambda array: torch.zeros(array.shape)
torch.nn.modules.module.register_module_forward_hook(lambda *args: torch.zeros(1))
library = torch.library.Library("aten", "IMPL")
library.impl("add.Tensor", lambda x, y, alpha=1: torch.zeros_like(x), "CPU")


def double(x):
    return x
