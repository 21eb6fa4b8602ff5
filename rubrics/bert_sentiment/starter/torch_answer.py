"""Sentiment with BERT."""

from torch import Tensor, nn
from transformers import BertConfig, BertForSequenceClassification


def encode(texts: list[str], vocab: dict[str, int], max_len: int) -> tuple[Tensor, Tensor]:
    """N texts -> ids [N, max_len], int64, and mask [N, max_len], True at real tokens.

    Raises:
        ValueError: where max_len is below 2, and where the vocabulary lacks [PAD], [UNK], [CLS] or [SEP].
    """
    raise NotImplementedError


def train(texts: list[str], labels: Tensor, vocab: dict[str, int], seed: int) -> nn.Module:
    """Build a small BERT with random weights, and train it on labels [N]: 1 positive, 0 negative.

    Raises:
        ValueError: unless there is at least one text, and a label, 0 or 1, for each.
    """
    raise NotImplementedError


def predict_sentiment(model: nn.Module, texts: list[str], vocab: dict[str, int]) -> list[str]:
    """ "positive" or "negative" for each text."""
    raise NotImplementedError
