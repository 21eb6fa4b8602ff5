"""For editors: what `candidate` and `reference` are. Written by `grader stub`; do not edit."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    import numpy as np
    import pytest

    from grader.rubric import Handle

    class Answer:
        def position_ids(self, ids, padding_id) -> np.ndarray: ...

        def classification_head(self, hidden, params) -> np.ndarray: ...

        def dynamic_mask(self, ids, epoch, mask_id, vocab_size, special_ids, probability=0.15, seed=0) -> tuple[np.ndarray, np.ndarray]: ...

        def build_classifier(self, vocab_size, max_len, num_classes) -> Handle: ...

        def train(self, model, ids, labels, epochs, seed) -> Handle: ...

        def predict(self, model, ids) -> np.ndarray: ...

    @pytest.fixture
    def candidate() -> Answer: ...

    @pytest.fixture
    def reference() -> Answer: ...

    @pytest.fixture
    def rng() -> np.random.Generator: ...

    @pytest.fixture
    def framework() -> str: ...
