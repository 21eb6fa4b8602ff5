# /// wrong
# framework = "tensorflow"
# loses = ["test_what_trains", "test_frozen_to_the_bit"]
# also = []
# diagnosis = "only the base's first layer is frozen"
# diagnosis_zh = "只冻结了基座的第一层"
# ///

import keras
import tensorflow as tf

BATCH, LEARNING_RATE = 10, 1e-2


def build(base, feature_dim, num_classes, freeze=True):
    """A linear head on a copy of the base, which gives [N, feature_dim]. Raises ValueError for a size below 1."""
    if min(feature_dim, num_classes) < 1:
        raise ValueError("sizes must be at least 1")
    own = keras.models.clone_model(base)
    own.set_weights(base.get_weights())
    own.layers[0].trainable = not freeze
    head = keras.layers.Dense(num_classes)
    head.build((None, feature_dim))
    return keras.Sequential([own, head])


def train(model, x, y, epochs, seed):
    """Minimise the cross entropy of y [N] given x [N, D], in what is not frozen.

    Raises ValueError for negative epochs, and unless there is one label for each row.
    """
    if epochs < 0 or len(x) != len(y):
        raise ValueError("expected epochs of at least 0, and a label for each row")
    batches = tf.data.Dataset.range(len(x)).shuffle(len(x), seed).batch(BATCH)
    optimizer = keras.optimizers.Adam(LEARNING_RATE)
    optimizer.build(model.trainable_variables)

    @tf.function(reduce_retracing=True)
    def step(rows):
        with tf.GradientTape() as tape:
            logits, labels = model(tf.gather(x, rows)), tf.gather(y, rows)
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits))
        optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)

    for _ in range(epochs):
        for rows in batches:
            step(rows)
    return model


def predict(model, x):
    """Probabilities [N, C] of x [N, D]."""
    return tf.nn.softmax(model(x))
