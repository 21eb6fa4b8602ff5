"""For editors: what `candidate` and `reference` are. Written by `grader stub`; do not edit."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    import numpy as np
    import pytest

    from grader.rubric import Handle

    class Answer:
        def random_crop(self, images, size, seed) -> np.ndarray: ...

        def horizontal_flip(self, images, seed, probability) -> np.ndarray: ...

        def rotate(self, images, degrees) -> np.ndarray: ...

        def random_scale(self, images, low, high, seed) -> np.ndarray: ...

        def color_jitter(self, images, brightness, contrast, seed) -> np.ndarray: ...

        def augment(self, images, seed) -> np.ndarray: ...

    @pytest.fixture
    def candidate() -> Answer: ...

    @pytest.fixture
    def reference() -> Answer: ...

    @pytest.fixture
    def rng() -> np.random.Generator: ...

    @pytest.fixture
    def framework() -> str: ...
