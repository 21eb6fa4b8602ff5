"""BERT's input embeddings, and one vector for a sentence."""

import tensorflow as tf


def embed(token_ids: tf.Tensor, segment_ids: tf.Tensor, params: dict[str, tf.Tensor]) -> tf.Tensor:
    """Sum and normalise the embeddings of tokens, positions and segments.

    Args:
        token_ids, segment_ids: [B, T], int64.
        params: token [V, D], position [P, D], segment [S, D], gamma [D], beta [D].

    Returns:
        [B, T, D]: the layer norm (eps 1e-12) of the sums.

    Raises:
        ValueError: for shapes that differ, an id that is not in its table, or more tokens than positions.
    """
    raise NotImplementedError


def sentence_embedding(hidden: tf.Tensor, mask: tf.Tensor, pooling: str) -> tf.Tensor:
    """Pool the vectors of each text's real tokens.

    Args:
        hidden: [B, T, D].
        mask: [B, T], boolean, True for real tokens.
        pooling: "cls", "mean" or "max".

    Returns:
        [B, D]; zeros where mean and max have no real token.

    Raises:
        ValueError: for a mask of another shape, or another pooling.
    """
    raise NotImplementedError
