"""Text classification."""

from torch import Tensor, nn


def build_classifier(vocab_size: int, max_len: int, num_classes: int) -> nn.Module:
    """A classifier of texts of up to max_len tokens. 0 is padding.

    Raises:
        ValueError: for a size below 1.
    """
    raise NotImplementedError


def train(model: nn.Module, ids: Tensor, labels: Tensor, epochs: int, seed: int) -> nn.Module:
    """ids [N, T], labels [N] -> the trained model.

    Raises:
        ValueError: for negative epochs, unless there is one label for each row, and where T is above max_len.
    """
    raise NotImplementedError


def predict(model: nn.Module, ids: Tensor) -> Tensor:
    """ids [N, T] -> probabilities [N, C].

    Raises:
        ValueError: where T is above the model's max_len.
    """
    raise NotImplementedError
