"""For editors: what `candidate` and `reference` are. Written by `grader stub`; do not edit."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    import numpy as np
    import pytest

    from grader.rubric import Handle

    class Answer:
        def filter_logits(self, logits, top_k, top_p) -> np.ndarray: ...

        def generate(self, next_logits, prompt, max_new_tokens, temperature=1.0, top_k=None, top_p=None, eos_id=None, seed=0) -> list[Any]: ...

        def generate_text(self, model, tokenizer, prompt, max_new_tokens) -> Any: ...

    @pytest.fixture
    def candidate() -> Answer: ...

    @pytest.fixture
    def reference() -> Answer: ...

    @pytest.fixture
    def rng() -> np.random.Generator: ...

    @pytest.fixture
    def framework() -> str: ...
