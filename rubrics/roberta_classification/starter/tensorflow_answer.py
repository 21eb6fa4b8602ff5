"""Text classification with RoBERTa."""

import keras
import tensorflow as tf


def position_ids(ids: tf.Tensor, padding_id: int) -> tf.Tensor:
    """ids [B, T] -> [B, T]: real tokens count from padding_id + 1, padding keeps padding_id."""
    raise NotImplementedError


def classification_head(hidden: tf.Tensor, params: dict[str, tf.Tensor]) -> tf.Tensor:
    """First token, dense, tanh, dense.

    Args:
        hidden: [B, T, D].
        params: w1 [D, H], b1 [H], w2 [H, C], b2 [C].

    Returns:
        Logits [B, C].

    Raises:
        ValueError: where hidden, w1 and w2 do not fit.
    """
    raise NotImplementedError


def dynamic_mask(
    ids: tf.Tensor,
    epoch: int,
    mask_id: int,
    vocab_size: int,
    special_ids: list[int],
    probability: float = 0.15,
    seed: int = 0,
) -> tuple[tf.Tensor, tf.Tensor]:
    """Choose the tokens to predict in this epoch, and corrupt them.

    Returns:
        (inputs, labels), both [B, T], int64; labels are -100 where nothing is to be predicted.

    Raises:
        ValueError: for a probability outside [0, 1], or an epoch below 0.
    """
    raise NotImplementedError


def build_classifier(vocab_size: int, max_len: int, num_classes: int) -> keras.Model:
    """A classifier of texts of up to max_len tokens. 0 is padding.

    Raises:
        ValueError: for a size below 1.
    """
    raise NotImplementedError


def train(model: keras.Model, ids: tf.Tensor, labels: tf.Tensor, epochs: int, seed: int) -> keras.Model:
    """ids [N, T], labels [N] -> the trained model.

    Raises:
        ValueError: for negative epochs, unless there is one label for each row, and where T is above max_len.
    """
    raise NotImplementedError


def predict(model: keras.Model, ids: tf.Tensor) -> tf.Tensor:
    """ids [N, T] -> probabilities [N, C].

    Raises:
        ValueError: where T is above the model's max_len.
    """
    raise NotImplementedError
