"""What the runner needs to know of a framework: arrays in and out, seeds, modes, parameters, gradients."""

from __future__ import annotations

import importlib
import random
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

Array = np.ndarray[Any, Any]


class GradientError(Exception):
    """The output cannot be differentiated as asked."""


class Adapter(Protocol):
    """One framework. Arrays on the wire are numpy's; `native` arrays are the framework's."""

    name: str
    rehearsal: bytes
    """An answer that defines ``rehearse(x)``, for a square float32 matrix `x` (see `serve.rehearse`)."""

    def settle(self) -> None:
        """Do once what the framework does lazily, and leave nothing that a fork of this process could not use."""

    def use_gpu(self) -> None:
        """From now on compute on the GPU: arrays come there, and what an answer makes is there unless it says so."""

    def seed(self, seed: int) -> None:
        """Seed every generator that an answer may draw from (0 <= seed < 2**32)."""

    def native(self, array: Array) -> Any:
        """The framework's array of the same dtype and shape, with memory of its own."""

    def is_model(self, thing: Any) -> bool:
        """Whether `thing` is a module or layer that has parameters and modes."""

    def call_model(self, model: Any, training: bool, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """`model(*args, **kwargs)` in the mode given, without recording gradients."""

    def parameters(self, model: Any) -> dict[str, tuple[Any, bool]]:
        """Every parameter and buffer by name, as a native array, and whether it is trainable."""

    def set_parameter(self, model: Any, name: str, value: Array) -> None:
        """Write one of them in place. Raises KeyError for an unknown name, ValueError for another shape."""

    def gradients(self, function: Callable[[list[Any]], Any], inputs: Sequence[Array], cotangent: Array) -> list[Any]:
        """Gradients of ``sum(function(inputs) * cotangent)``, one an input; zeros where it does not depend on it.

        Raises GradientError where the output is no array of `cotangent`'s shape, or was not made by differentiable
        operations.
        """


def load_adapter(framework: str, modules: Sequence[str] = ()) -> Adapter:
    """Import a framework, and further modules, and return its adapter."""
    module = importlib.import_module(f"sandbox.runner.{framework}_adapter")
    for name in modules:
        importlib.import_module(name)
    return module.ADAPTER  # type: ignore[no-any-return]


def to_numpy(value: Any) -> Array | np.generic | None:
    """`value` as numpy's if it is an array of any framework, else None."""
    if isinstance(value, np.ndarray | np.generic):
        return value
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        value = value.detach().cpu().resolve_conj().resolve_neg()
        if value.dtype == torch.bfloat16:
            import ml_dtypes

            return np.asarray(value.contiguous().view(torch.int16).numpy().view(ml_dtypes.bfloat16))
        return np.asarray(value.to_dense() if value.layout != torch.strided else value)
    tensorflow = sys.modules.get("tensorflow")
    if tensorflow is not None and isinstance(value, tensorflow.Tensor | tensorflow.Variable):
        return value.numpy()  # type: ignore[no-any-return]
    keras = sys.modules.get("keras")
    if keras is not None and isinstance(value, keras.Variable):
        return keras.ops.convert_to_numpy(value)  # type: ignore[no-any-return]
    return None


def seed_standard_generators(seed: int) -> None:
    """Seed `random` and numpy's legacy generator; 0 <= seed < 2**32."""
    random.seed(seed)
    np.random.seed(seed)
