"""An answer's calls made where it lies, in one process: no wall, no wire, no limits. For torch."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import numpy as np
import torch


def load(source: bytes, name: str = "answer") -> ModuleType:
    """The answer as a module."""
    module = sys.modules[name] = ModuleType(name)
    exec(compile(source, f"{name}.py", "exec"), module.__dict__)
    return module


def call(answer: ModuleType, message: dict[str, Any]) -> Any:
    """What one message to a worker asks for (`call` or `gradients`). Its arrays are tensors by now (`to_native`)."""
    function, args, kwargs = getattr(answer, message["name"]), message["args"], message["kwargs"]
    if message["op"] == "call":
        result = function(*args, **kwargs)
        return [result, args] if message.get("echo") else result
    leaves: list[torch.Tensor] = []
    for where in message["wrt"]:
        argument = args[where] if isinstance(where, int) else kwargs[where]
        leaves += argument.values() if isinstance(argument, dict) else [argument]
    for leaf in leaves:
        leaf.requires_grad_()
    result = function(*args, **kwargs)
    output = result if message["output"] is None else result[message["output"]]
    (output * message["cotangent"]).sum().backward(inputs=leaves)
    return [torch.zeros_like(leaf) if leaf.grad is None else leaf.grad for leaf in leaves]


def to_native(value: Any) -> Any:
    """`value` with a tensor for each array in it."""
    return _converted(value, np.ndarray, torch.from_numpy)


def to_plain(value: Any) -> Any:
    """`value` with an array for each tensor in it."""
    return _converted(value, torch.Tensor, lambda tensor: tensor.detach().numpy())


def _converted(value: Any, kind: type, convert: Any) -> Any:
    match value:
        case list():
            return [_converted(x, kind, convert) for x in value]
        case tuple():
            return tuple(_converted(x, kind, convert) for x in value)
        case dict():
            return {key: _converted(x, kind, convert) for key, x in value.items()}
    return convert(value) if isinstance(value, kind) else value
