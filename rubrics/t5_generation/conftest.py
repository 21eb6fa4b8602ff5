"""For editors: what `candidate` and `reference` are. Written by `grader stub`; do not edit."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    import numpy as np
    import pytest

    from grader.rubric import Handle

    class Answer:
        def shift_right(self, labels, decoder_start_id, pad_id) -> np.ndarray: ...

        def corrupt_spans(self, ids, spans, sentinel_ids) -> tuple[list[Any], list[Any]]: ...

        def greedy_decode(self, step_logits, input_ids, start_id, eos_id, max_length) -> list[Any]: ...

    @pytest.fixture
    def candidate() -> Answer: ...

    @pytest.fixture
    def reference() -> Answer: ...

    @pytest.fixture
    def rng() -> np.random.Generator: ...

    @pytest.fixture
    def framework() -> str: ...
