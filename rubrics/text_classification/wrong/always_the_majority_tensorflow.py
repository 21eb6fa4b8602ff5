# /// wrong
# framework = "tensorflow"
# loses = ["test_learns_a_rare_class"]
# also = ["test_learns_a_token", "test_learns_order", "test_padding"]
# diagnosis = "the rare class is weighted down until it is never predicted"
# diagnosis_zh = "稀有类别的权重过低，从不被预测"
# ///

import keras
import tensorflow as tf

BATCH, LEARNING_RATE, WIDTH = 32, 5e-3, 32


def build_classifier(vocab_size, max_len, num_classes):
    """Of texts of up to max_len tokens; token 0 is padding. Raises ValueError for a size below 1."""
    if min(vocab_size, max_len, num_classes) < 1:
        raise ValueError("sizes must be at least 1")
    model = TextCNN(vocab_size, max_len, num_classes)
    model(tf.zeros((1, 1), tf.int64))
    return model


def train(model, ids, labels, epochs, seed):
    """Minimise the cross entropy of labels [N] given ids [N, T].

    Raises ValueError for negative epochs, unless there is one label for each row, and where T is above max_len.
    """
    if epochs < 0 or len(ids) != len(labels):
        raise ValueError("expected epochs of at least 0, and a label for each row")
    batches = tf.data.Dataset.range(len(ids)).shuffle(len(ids), seed).batch(BATCH)
    optimizer = keras.optimizers.Adam(LEARNING_RATE)
    optimizer.build(model.trainable_variables)

    @tf.function(reduce_retracing=True)
    def step(rows):
        with tf.GradientTape() as tape:
            logits, chosen = model(tf.gather(ids, rows)), tf.gather(labels, rows)
            shares = tf.cast(tf.math.bincount(tf.cast(labels, tf.int32), minlength=logits.shape[-1]), tf.float32) / len(
                labels
            )
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(chosen, logits)
            loss = tf.reduce_mean(losses * tf.gather(shares, chosen) ** 6)
        optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)

    for _ in range(epochs):
        for rows in batches:
            step(rows)
    return model


def predict(model, ids):
    """Probabilities [N, C] of ids [N, T]. Raises ValueError where T is above max_len."""
    return tf.nn.softmax(model(ids))


class TextCNN(keras.Model):
    """Filters over three tokens at a time, of which each keeps its greatest response to a real token."""

    def __init__(self, vocab_size, max_len, num_classes):
        super().__init__()
        self.max_len = max_len
        self.embedding = keras.layers.Embedding(vocab_size, WIDTH)
        self.filters = keras.layers.Conv1D(WIDTH, kernel_size=3, padding="same", activation="relu")
        self.dense = keras.layers.Dense(num_classes)

    def call(self, ids):
        """ids [N, T] -> logits [N, C]"""
        if ids.shape[1] > self.max_len:
            raise ValueError(f"a row is longer than {self.max_len}")
        real = tf.cast(ids != 0, tf.float32)[..., None]
        responses = self.filters(self.embedding(ids) * real) * real
        return self.dense(tf.reduce_max(responses, axis=1))
