"""Transfer learning."""

from torch import Tensor, nn


def build(base: nn.Module, feature_dim: int, num_classes: int, freeze: bool = True) -> nn.Module:
    """A classifier on top of base, which maps x [N, D] to features [N, feature_dim].

    Raises:
        ValueError: for a size below 1.
    """
    raise NotImplementedError


def train(model: nn.Module, x: Tensor, y: Tensor, epochs: int, seed: int) -> nn.Module:
    """x [N, D], y [N] -> the trained model.

    Raises:
        ValueError: for negative epochs, and unless there is one label for each row.
    """
    raise NotImplementedError


def predict(model: nn.Module, x: Tensor) -> Tensor:
    """x [N, D] -> probabilities [N, C]."""
    raise NotImplementedError
