"""For editors: what `candidate` and `reference` are. Written by `grader stub`; do not edit."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    import numpy as np
    import pytest

    from grader.rubric import Handle

    class Answer:
        def iou(self, a, b) -> np.ndarray: ...

        def nms(self, boxes, scores, threshold) -> list[Any]: ...

        def encode_boxes(self, boxes, anchors) -> np.ndarray: ...

        def decode_boxes(self, deltas, anchors) -> np.ndarray: ...

        def smooth_l1(self, pred, target, beta=1.0) -> float: ...

        def build_detector(self, image_size, num_classes) -> Handle: ...

        def train(self, model, images, boxes, labels, epochs, seed) -> Handle: ...

        def detect(self, model, images) -> tuple[np.ndarray, np.ndarray]: ...

    @pytest.fixture
    def candidate() -> Answer: ...

    @pytest.fixture
    def reference() -> Answer: ...

    @pytest.fixture
    def rng() -> np.random.Generator: ...

    @pytest.fixture
    def framework() -> str: ...
