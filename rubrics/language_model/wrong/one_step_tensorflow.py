# /// wrong
# framework = "tensorflow"
# loses = ["test_learns", "test_looks_back"]
# also = []
# diagnosis = "the return is within the loop: training ends after the first batch"
# diagnosis_zh = "return 写在循环之内：第一个批次之后训练即结束"
# ///

import keras
import tensorflow as tf

BATCH, LEARNING_RATE = 32, 5e-3


def build_language_model(vocab_size, max_len, d_model, num_heads, d_ff):
    """Raises ValueError for a size below 1, and unless num_heads divides d_model."""
    if min(vocab_size, max_len, d_model, num_heads, d_ff) < 1 or d_model % num_heads:
        raise ValueError("sizes must be at least 1, and num_heads must divide d_model")
    model = LanguageModel(vocab_size, max_len, d_model, num_heads, d_ff)
    model(tf.zeros((1, 1), tf.int64))
    return model


def fit(model, ids, epochs, seed):
    """Minimise the cross entropy of each token of ids [N, T] given those before it.

    Raises ValueError for negative epochs, and where T is below 2 or above max_len.
    """
    if epochs < 0 or not 2 <= ids.shape[1] <= model.max_len:
        raise ValueError("expected epochs of at least 0, and rows of 2 to max_len tokens")
    batches = tf.data.Dataset.range(len(ids)).shuffle(len(ids), seed).batch(BATCH)
    optimizer = keras.optimizers.Adam(LEARNING_RATE)
    optimizer.build(model.trainable_variables)

    @tf.function(reduce_retracing=True)
    def step(rows):
        with tf.GradientTape() as tape:
            texts = tf.gather(ids, rows)
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(texts[:, 1:], model.logits(texts[:, :-1]))
            loss = tf.reduce_mean(losses)
        optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)

    for _ in range(epochs):
        for rows in batches:
            step(rows)
            return model
    return model


class LanguageModel(keras.Model):
    """Embeddings of tokens and positions, one block of causal attention and feed-forward part, and a linear layer."""

    def __init__(self, vocab_size, max_len, d_model, num_heads, d_ff):
        super().__init__()
        self.max_len = max_len
        self.tokens = keras.layers.Embedding(vocab_size, d_model)
        self.positions = keras.layers.Embedding(max_len, d_model)
        self.norm1 = keras.layers.LayerNormalization()
        self.attention = keras.layers.MultiHeadAttention(num_heads, d_model // num_heads)
        self.norm2 = keras.layers.LayerNormalization()
        self.inner = keras.layers.Dense(d_ff, activation="gelu")
        self.outer = keras.layers.Dense(d_model)
        self.norm3 = keras.layers.LayerNormalization()
        self.output_layer = keras.layers.Dense(vocab_size)

    def call(self, ids):
        """ids [B, T] -> probabilities of the next token [B, T, V]"""
        return tf.nn.softmax(self.logits(ids))

    def logits(self, ids):
        """ids [B, T] -> [B, T, V]"""
        x = self.tokens(ids) + self.positions(tf.range(ids.shape[1]))
        y = self.norm1(x)
        x = x + self.attention(y, y, use_causal_mask=True)
        x = x + self.outer(self.inner(self.norm2(x)))
        return self.output_layer(self.norm3(x))
