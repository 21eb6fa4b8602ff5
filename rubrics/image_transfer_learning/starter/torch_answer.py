"""Image classification by transfer learning."""

from torch import Tensor, nn


def build_classifier(base: nn.Module, num_classes: int, freeze: bool = True) -> nn.Module:
    """A classifier on top of base, which maps images [N, 3, H, W] to feature maps [N, 24, H / 4, W / 4].

    Raises:
        ValueError: for fewer classes than one.
    """
    raise NotImplementedError


def train(model: nn.Module, x: Tensor, y: Tensor, epochs: int, seed: int) -> nn.Module:
    """x [N, 3, H, W], y [N] -> the trained model.

    Raises:
        ValueError: for negative epochs, and unless there is one label for each image.
    """
    raise NotImplementedError


def predict(model: nn.Module, x: Tensor) -> Tensor:
    """x [N, 3, H, W] -> probabilities [N, C]."""
    raise NotImplementedError


def evaluate(model: nn.Module, x: Tensor, y: Tensor) -> float:
    """The accuracy on x [N, 3, H, W] and y [N], from 0 to 1.

    Raises:
        ValueError: without images, and unless there is one label for each.
    """
    raise NotImplementedError
