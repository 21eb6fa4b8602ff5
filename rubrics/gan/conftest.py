"""For editors: what `candidate` and `reference` are. Written by `grader stub`; do not edit."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    import numpy as np
    import pytest

    from grader.rubric import Handle

    class Answer:
        def build_generator(self, latent_dim, out_dim) -> Handle: ...

        def build_discriminator(self, in_dim) -> Handle: ...

        def discriminator_loss(self, real_logits, fake_logits) -> float: ...

        def generator_loss(self, fake_logits) -> float: ...

        def train_step(self, generator, discriminator, real, seed) -> tuple[float, float]: ...

        def train(self, generator, discriminator, data, steps, seed) -> Any: ...

        def sample(self, generator, n, seed) -> np.ndarray: ...

    @pytest.fixture
    def candidate() -> Answer: ...

    @pytest.fixture
    def reference() -> Answer: ...

    @pytest.fixture
    def rng() -> np.random.Generator: ...

    @pytest.fixture
    def framework() -> str: ...
