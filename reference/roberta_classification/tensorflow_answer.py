"""RoBERTa: Liu et al., 2019 (arXiv:1907.11692), section 3.1 and table 1 (a new mask whenever a text is seen); positions
and classification head as in its published code (fairseq).
"""

import keras
import tensorflow as tf

IGNORED = -100
PADDING = 0
BATCH, LEARNING_RATE, WIDTH = 32, 5e-3, 32


def position_ids(ids, padding_id):
    """ids [B, T] -> [B, T]: the real tokens of a row count from padding_id + 1, padding has padding_id."""
    real = tf.cast(ids != padding_id, ids.dtype)
    return tf.cumsum(real, axis=1) * real + padding_id


def classification_head(hidden, params):
    """tanh(first token w1 + b1) w2 + b2.

    hidden [B, T, D], params w1 [D, H], b1 [H], w2 [H, C], b2 [C]. Returns logits [B, C]. Raises ValueError where the
    matrices do not fit.
    """
    w1, b1, w2, b2 = (params[name] for name in ("w1", "b1", "w2", "b2"))
    if hidden.shape[2] != w1.shape[0] or w1.shape[1] != w2.shape[0]:
        raise ValueError("hidden, w1 and w2 do not fit")
    return tf.tanh(hidden[:, 0] @ w1 + b1) @ w2 + b2


def dynamic_mask(ids, epoch, mask_id, vocab_size, special_ids, probability=0.15, seed=0):
    """ids [B, T] -> (inputs [B, T], labels [B, T]): BERT's mask, drawn anew for each epoch.

    Each ordinary position is chosen with `probability`; of the chosen, 80 % become mask_id, 10 % random, 10 % stay.
    Labels are -100 where nothing is to be predicted. Raises ValueError for a probability outside [0, 1] and an epoch
    below 0.
    """
    if not 0 <= probability <= 1 or epoch < 0:
        raise ValueError("probability or epoch is out of range")
    seeds = tf.random.split([seed, epoch], 3)
    special = tf.reduce_any(ids[..., None] == tf.constant(special_ids, ids.dtype), axis=-1)
    chosen = (tf.random.stateless_uniform(ids.shape, seeds[0]) < probability) & ~special
    fate = tf.random.stateless_uniform(ids.shape, seeds[1])
    random_ids = tf.random.stateless_uniform(ids.shape, seeds[2], maxval=vocab_size, dtype=ids.dtype)
    replacements = tf.where(fate < 0.8, tf.cast(mask_id, ids.dtype), tf.where(fate < 0.9, random_ids, ids))
    return tf.where(chosen, replacements, ids), tf.where(chosen, ids, tf.cast(IGNORED, ids.dtype))


def build_classifier(vocab_size, max_len, num_classes):
    """Raises ValueError for a size below 1."""
    if min(vocab_size, max_len, num_classes) < 1:
        raise ValueError("sizes must be at least 1")
    model = Classifier(vocab_size, max_len, num_classes)
    model(tf.zeros((1, 1), tf.int64))
    return model


def train(model, ids, labels, epochs, seed):
    """Minimise the cross entropy of labels [N] given ids [N, T].

    Raises ValueError for negative epochs, and unless there is one label for each row.
    """
    if epochs < 0 or len(ids) != len(labels):
        raise ValueError("expected epochs of at least 0, and a label for each row")
    batches = tf.data.Dataset.range(len(ids)).shuffle(len(ids), seed).batch(BATCH)
    optimizer = keras.optimizers.Adam(LEARNING_RATE)
    optimizer.build(model.trainable_variables)

    @tf.function
    def step(rows):
        with tf.GradientTape() as tape:
            logits = model(tf.gather(ids, rows))
            chosen = tf.gather(labels, rows)
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(chosen, logits))
        optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)

    for _ in range(epochs):
        for rows in batches:
            step(rows)
    return model


def predict(model, ids):
    """Probabilities [N, C] of ids [N, T]. Raises ValueError for rows that are longer than the model's max_len."""
    return tf.nn.softmax(model(ids))


class Classifier(keras.Model):
    """Token and position embeddings, self-attention with a residual, and RoBERTa's head on the first token."""

    def __init__(self, vocab_size, max_len, num_classes):
        super().__init__()
        self.max_len = max_len
        self.tokens = keras.layers.Embedding(vocab_size, WIDTH)
        self.positions = keras.layers.Embedding(PADDING + 1 + max_len, WIDTH)
        self.attention = keras.layers.MultiHeadAttention(2, WIDTH // 2)
        self.norm = keras.layers.LayerNormalization()
        self.w1 = self.add_weight((WIDTH, WIDTH))
        self.b1 = self.add_weight((WIDTH,), initializer="zeros")
        self.w2 = self.add_weight((WIDTH, num_classes))
        self.b2 = self.add_weight((num_classes,), initializer="zeros")

    def call(self, ids):
        """ids [N, T] -> logits [N, C]"""
        if ids.shape[1] > self.max_len:
            raise ValueError(f"a row is longer than {self.max_len}")
        x = self.tokens(ids) + self.positions(position_ids(ids, PADDING))
        x = self.norm(x + self.attention(x, x, attention_mask=(ids != PADDING)[:, None]))
        return classification_head(x, {"w1": self.w1, "b1": self.b1, "w2": self.w2, "b2": self.b2})
