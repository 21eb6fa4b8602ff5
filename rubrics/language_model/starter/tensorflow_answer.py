"""A small language model."""

import keras
import tensorflow as tf


def build_language_model(vocab_size: int, max_len: int, d_model: int, num_heads: int, d_ff: int) -> keras.Model:
    """A causal Transformer; called as model(ids[B, T]), it gives the next token's probabilities [B, T, V].

    Raises:
        ValueError: for a size below 1, and unless num_heads divides d_model.
    """
    raise NotImplementedError


def fit(model: keras.Model, ids: tf.Tensor, epochs: int, seed: int) -> keras.Model:
    """Train on texts ids [N, T], and return the trained model.

    Raises:
        ValueError: for negative epochs, and where T is below 2 or above max_len.
    """
    raise NotImplementedError
