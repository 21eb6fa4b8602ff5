"""numpy: arrays are what the wire carries; there are no models and no gradients."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from sandbox.runner.adapters import Array, GradientError, seed_standard_generators


class NumpyAdapter:
    name = "numpy"
    rehearsal = b"import numpy as np\n\ndef rehearse(x):\n    return np.exp(x @ x)\n"

    def settle(self) -> None:
        pass

    def use_gpu(self) -> None:
        raise RuntimeError("numpy computes on the CPU here")

    def seed(self, seed: int) -> None:
        seed_standard_generators(seed)

    def native(self, array: Array) -> Any:
        return array

    def is_model(self, thing: Any) -> bool:
        return False

    def call_model(self, model: Any, training: bool, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return model(*args, **kwargs)

    def parameters(self, model: Any) -> dict[str, tuple[Any, bool]]:
        """The object's array attributes, all of them trainable: numpy has no notion of either."""
        return {name: (value, True) for name, value in vars(model).items() if isinstance(value, np.ndarray)}

    def set_parameter(self, model: Any, name: str, value: Array) -> None:
        self.parameters(model)[name][0][...] = value

    def gradients(self, function: Callable[[list[Any]], Any], inputs: Sequence[Array], cotangent: Array) -> list[Any]:
        raise GradientError("numpy answers have no gradients")


ADAPTER = NumpyAdapter()
