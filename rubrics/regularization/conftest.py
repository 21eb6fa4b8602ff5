"""For editors: what `candidate` and `reference` are. Written by `grader stub`; do not edit."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    import numpy as np
    import pytest

    from grader.rubric import Handle

    class Answer:
        def l1_penalty(self, weights, lam) -> float: ...

        def l2_penalty(self, weights, lam) -> float: ...

        def dropout(self, x, rate, training, seed) -> np.ndarray: ...

        def sgd_step(self, params, grads, lr, l1=0, l2=0, decoupled=0) -> Any: ...

        def train_linear(self, x, y, l1, l2, steps, lr) -> np.ndarray: ...

    @pytest.fixture
    def candidate() -> Answer: ...

    @pytest.fixture
    def reference() -> Answer: ...

    @pytest.fixture
    def rng() -> np.random.Generator: ...

    @pytest.fixture
    def framework() -> str: ...
