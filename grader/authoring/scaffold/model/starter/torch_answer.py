"""Low-rank adaptation of a linear layer."""

from torch import Tensor, nn


class LoraLinear(nn.Module):
    """base(x) + dropout(x) A B, with A [in, rank] and B [rank, out]. The base is frozen."""

    def __init__(self, base: nn.Linear, rank: int, dropout: float, seed: int) -> None:
        """
        Args:
            base: a torch.nn.Linear.
            rank: of the update; from 1 to the smaller of in and out.
            dropout: the probability of dropping a component of x, in [0, 1).
            seed: decides the random factor.

        Raises:
            ValueError: for an argument outside these ranges.
        """
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        """x [..., in] -> [..., out]. Dropout acts in training mode alone."""
        raise NotImplementedError


def train(model: LoraLinear, x: Tensor, y: Tensor, steps: int) -> None:
    """Train the factors in place on the mean squared error.

    Args:
        model: what `LoraLinear` made.
        x: [N, in].
        y: [N, out].
        steps: how many steps, each on all rows; 0 or more.

    Raises:
        ValueError: for a negative number of steps.
    """
    raise NotImplementedError
