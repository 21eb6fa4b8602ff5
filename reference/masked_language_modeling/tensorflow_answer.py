"""BERT's masked language modelling: Devlin et al., 2019 (arXiv:1810.04805), section 3.1, task 1, and appendix A.1."""

import tensorflow as tf

IGNORED = -100


def mask_tokens(
    ids: tf.Tensor,
    mask_id: int,
    vocab_size: int,
    special_ids: list[int],
    probability: float = 0.15,
    seed: int = 0,
) -> tuple[tf.Tensor, tf.Tensor]:
    """ids [B, T] -> (inputs [B, T], labels [B, T]), int64; labels are -100 where nothing is to be predicted.

    Each ordinary position is chosen with `probability`; of the chosen, 80 % become mask_id, 10 % random, 10 % stay.
    Raises ValueError for a probability outside [0, 1].
    """
    if not 0 <= probability <= 1:
        raise ValueError(f"probability must lie in [0, 1], not {probability}")
    rng = tf.random.Generator.from_seed(seed)
    special = tf.reduce_any(ids[..., None] == tf.constant(special_ids, ids.dtype), axis=-1)
    chosen = (rng.uniform(ids.shape) < probability) & ~special
    fate = rng.uniform(ids.shape)
    random_ids = rng.uniform(ids.shape, maxval=vocab_size, dtype=ids.dtype)
    replacements = tf.where(fate < 0.8, tf.cast(mask_id, ids.dtype), tf.where(fate < 0.9, random_ids, ids))
    return tf.where(chosen, replacements, ids), tf.where(chosen, ids, tf.cast(IGNORED, ids.dtype))


def mlm_loss(logits: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
    """Mean of -log softmax(logits)[label] over the chosen positions, 0 if there are none.

    logits [B, T, V], labels [B, T]. Raises ValueError where the shapes disagree.
    """
    if logits.shape[:-1] != labels.shape:
        raise ValueError(f"labels of shape {labels.shape} do not fit logits of shape {logits.shape}")
    chosen = labels != IGNORED
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels[chosen], logits[chosen])  # [n] of [n], [n, V]
    return tf.reduce_sum(losses) / tf.cast(tf.maximum(tf.size(losses), 1), losses.dtype)
