"""For editors: what `candidate` and `reference` are. Written by `grader stub`; do not edit."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    import numpy as np
    import pytest

    from grader.rubric import Handle

    class Answer:
        def cross_attention(self, x, memory, params, num_heads, memory_mask) -> np.ndarray: ...

        def build_translator(self, src_vocab, tgt_vocab, d_model, num_heads, max_len) -> Handle: ...

        def train(self, model, src, tgt, epochs, seed) -> Handle: ...

        def translate(self, model, src, bos_id, eos_id, max_len) -> Any: ...

    @pytest.fixture
    def candidate() -> Answer: ...

    @pytest.fixture
    def reference() -> Answer: ...

    @pytest.fixture
    def rng() -> np.random.Generator: ...

    @pytest.fixture
    def framework() -> str: ...
