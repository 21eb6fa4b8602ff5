"""For editors: what `candidate` and `reference` are. Written by `grader stub`; do not edit."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    import numpy as np
    import pytest

    from grader.rubric import Handle

    class Answer:
        def build_classifier(self, base, num_classes, freeze=True) -> Handle: ...

        def train(self, model, x, y, epochs, seed) -> Handle: ...

        def predict(self, model, x) -> np.ndarray: ...

        def evaluate(self, model, x, y) -> float: ...

        def build_vgg16_classifier(self, num_classes) -> Handle: ...

    @pytest.fixture
    def candidate() -> Answer: ...

    @pytest.fixture
    def reference() -> Answer: ...

    @pytest.fixture
    def rng() -> np.random.Generator: ...

    @pytest.fixture
    def framework() -> str: ...
