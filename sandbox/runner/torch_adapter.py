"""PyTorch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch

from sandbox.runner.adapters import Array, GradientError, seed_standard_generators

torch.set_num_threads(1)
torch.set_num_interop_threads(1)


class TorchAdapter:
    name = "torch"
    rehearsal = b"import torch\n\ndef rehearse(x):\n    return torch.softmax(x @ x, -1)\n"
    _device = "cpu"

    def settle(self) -> None:
        pass

    def use_gpu(self) -> None:
        self._device = "cuda"
        torch.set_default_device("cuda")

    def seed(self, seed: int) -> None:
        seed_standard_generators(seed)
        torch.default_generator.manual_seed(seed)  # torch.manual_seed takes a millisecond to look for devices
        if torch.backends.cuda.is_built():
            torch.cuda.manual_seed_all(seed)

    def native(self, array: Array) -> Any:
        if array.dtype.name == "bfloat16":
            return torch.from_numpy(array.view(np.int16)).view(torch.bfloat16).to(self._device)
        return torch.from_numpy(array).to(self._device)

    def is_model(self, thing: Any) -> bool:
        return isinstance(thing, torch.nn.Module)

    def call_model(self, model: Any, training: bool, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        model.train(training)
        with torch.no_grad():
            return model(*args, **kwargs)

    def parameters(self, model: Any) -> dict[str, tuple[Any, bool]]:
        found = {name: (p, p.requires_grad) for name, p in model.named_parameters()}
        return found | {name: (b, False) for name, b in model.named_buffers()}

    def set_parameter(self, model: Any, name: str, value: Array) -> None:
        target, _ = self.parameters(model)[name]
        if tuple(target.shape) != value.shape:
            raise ValueError(f"{name} has shape {tuple(target.shape)}, not {value.shape}")
        with torch.no_grad():
            target.copy_(self.native(value))

    def gradients(self, function: Callable[[list[Any]], Any], inputs: Sequence[Array], cotangent: Array) -> list[Any]:
        tensors = [self.native(x).requires_grad_() for x in inputs]
        with torch.enable_grad():
            output = function(tensors)
        if not isinstance(output, torch.Tensor):
            raise GradientError(f"the output is a {type(output).__name__}, not a torch tensor")
        if tuple(output.shape) != cotangent.shape:
            raise GradientError(f"the output has shape {tuple(output.shape)}, not {cotangent.shape}")
        if not output.requires_grad:
            raise GradientError("no gradient flows from the output to the inputs")
        # Not torch.autograd.grad with these as its vector: that imports sympy first, for a quarter of a second.
        (output * self.native(cotangent).to(output.dtype)).sum().backward(inputs=tensors)
        return [torch.zeros_like(x) if x.grad is None else x.grad for x in tensors]


ADAPTER = TorchAdapter()
