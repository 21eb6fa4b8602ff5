"""Skip-gram with negative sampling: Mikolov et al., 2013 (arXiv:1310.4546), section 2.2."""

import keras
import tensorflow as tf


def negative_sampling_loss(center: tf.Tensor, context: tf.Tensor, negatives: tf.Tensor) -> tf.Tensor:
    """The mean over the batch of -log σ(o·c) - Σ_k log σ(-n_k·c), where -log σ(x) = softplus(-x).

    center [B, D], context [B, D], negatives [B, K, D] -> scalar. Raises ValueError where the shapes do not fit.
    """
    batch, _, width = negatives.shape  # ValueError for another number of dimensions
    if not center.shape == context.shape == (batch, width):
        raise ValueError("expected center [B, D], context [B, D] and negatives [B, K, D]")
    positive = tf.reduce_sum(center * context, axis=-1)  # [B]
    negative = tf.einsum("bd,bkd->bk", center, negatives)  # [B, K]
    return tf.reduce_mean(tf.math.softplus(-positive) + tf.reduce_sum(tf.math.softplus(negative), axis=-1))


def sample_negatives(counts: tf.Tensor, size: int, seed: int) -> tf.Tensor:
    """`size` ids with probabilities proportional to counts[i] ** 0.75: int64 [size].

    Raises ValueError for a negative count, counts that are all 0, and a size below 1.
    """
    if size < 1 or tf.reduce_any(counts < 0) or not tf.reduce_any(counts > 0):
        raise ValueError("expected a size of at least 1 and counts that are not negative, nor all 0")
    logits = 0.75 * tf.math.log(tf.cast(counts, tf.float32))  # -inf for a count of 0
    return keras.random.categorical(logits[None], size, dtype="int64", seed=seed)[0]
