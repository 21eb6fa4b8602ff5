"""For editors: what `candidate` and `reference` are. Written by `grader stub`; do not edit."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    import numpy as np
    import pytest

    from grader.rubric import Handle

    class Answer:
        def encode(self, texts, vocab, max_len) -> tuple[np.ndarray, np.ndarray]: ...

        def train(self, texts, labels, vocab, seed) -> Handle: ...

        def predict_sentiment(self, model, texts, vocab) -> list[Any]: ...

    @pytest.fixture
    def candidate() -> Answer: ...

    @pytest.fixture
    def reference() -> Answer: ...

    @pytest.fixture
    def rng() -> np.random.Generator: ...

    @pytest.fixture
    def framework() -> str: ...
