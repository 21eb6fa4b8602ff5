"""For editors: what `candidate` and `reference` are. Written by `grader stub`; do not edit."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    import numpy as np
    import pytest

    from grader.rubric import Handle

    class Answer:
        def best_span(self, start_logits, end_logits, context_mask, max_answer_len) -> tuple[float, float, float]: ...

        def batch_best_span(self, start_logits, end_logits, context_mask, max_answer_len) -> list[Any]: ...

        def answer_text(self, tokens, span) -> Any: ...

        def no_answer(self, start, end, mask, threshold) -> Any: ...

    @pytest.fixture
    def candidate() -> Answer: ...

    @pytest.fixture
    def reference() -> Answer: ...

    @pytest.fixture
    def rng() -> np.random.Generator: ...

    @pytest.fixture
    def framework() -> str: ...
