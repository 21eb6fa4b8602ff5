"""For editors: what `candidate` and `reference` are. Written by `grader stub`; do not edit."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    import numpy as np
    import pytest

    from grader.rubric import Handle

    class Answer:
        def layer_norm(self, x, gamma, beta, eps=1e-5) -> np.ndarray: ...

        def feed_forward(self, x, params) -> np.ndarray: ...

        def encoder_block(self, x, params, num_heads, mask=None, norm="post") -> np.ndarray: ...

        def encoder(self, x, blocks, num_heads, mask=None) -> np.ndarray: ...

    @pytest.fixture
    def candidate() -> Answer: ...

    @pytest.fixture
    def reference() -> Answer: ...

    @pytest.fixture
    def rng() -> np.random.Generator: ...

    @pytest.fixture
    def framework() -> str: ...
