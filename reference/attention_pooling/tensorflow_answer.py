"""Additive attention: Bahdanau et al., 2015 (arXiv:1409.0473), appendix A.1.2, as a pooling over a text's tokens with a
learned query.
"""

import keras
import tensorflow as tf

BATCH, LEARNING_RATE = 32, 1e-2


def additive_attention(query, keys, values, params, mask=None):
    """softmax over t of v . tanh(query wq + key_t wk), and the mean of the values under it.

    query [B, Q], keys [B, T, K], values [B, T, V], params wq [Q, H], wk [K, H], v [H], mask [B, T], True where a key
    may be attended to. Returns context [B, V] and weights [B, T]; both 0 where there is nothing to attend to.
    """
    if query.shape[-1] != params["wq"].shape[0] or keys.shape[-1] != params["wk"].shape[0]:
        raise ValueError("the query and the keys must fit wq and wk")
    if keys.shape[:2] != values.shape[:2] or query.shape[0] != keys.shape[0]:
        raise ValueError("query, keys and values must agree in batch and length")
    if mask is not None and mask.shape != keys.shape[:2]:
        raise ValueError("the mask must be [B, T]")
    hidden = tf.tanh((query @ params["wq"])[:, None] + keys @ params["wk"])
    scores = tf.einsum("bth,h->bt", hidden, params["v"])
    if mask is None:
        weights = tf.nn.softmax(scores, axis=1)
    else:
        weights = tf.nn.softmax(tf.where(mask, scores, scores.dtype.min), axis=1) * tf.cast(mask, scores.dtype)
    return tf.einsum("bt,btv->bv", weights, values), weights


def build_model(vocab_size, d_model, num_classes):
    """Token 0 is padding."""
    if min(vocab_size, d_model, num_classes) < 1:
        raise ValueError("sizes must be at least 1")
    model = AttentionClassifier(vocab_size, d_model, num_classes)
    model(tf.zeros((1, 1), tf.int64))
    return model


def train(model, ids, labels, epochs, seed):
    """Minimise the cross entropy of labels [N] given ids [N, T]."""
    if epochs < 0 or len(ids) != len(labels):
        raise ValueError("expected epochs of at least 0, and a label for each row")
    batches = tf.data.Dataset.range(len(ids)).shuffle(len(ids), seed).batch(BATCH)
    optimizer = keras.optimizers.Adam(LEARNING_RATE)
    optimizer.build(model.trainable_variables)

    @tf.function
    def step(rows):
        with tf.GradientTape() as tape:
            logits, _ = model(tf.gather(ids, rows))
            chosen = tf.gather(labels, rows)
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(chosen, logits))
        optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)

    for _ in range(epochs):
        for rows in batches:
            step(rows)
    return model


def predict(model, ids):
    """Probabilities [N, C] of ids [N, T]."""
    return tf.nn.softmax(model(ids)[0])


def attention_weights(model, ids):
    """[N, T]"""
    return model(ids)[1]


class AttentionClassifier(keras.Model):
    """Embeds tokens, pools them by attention with a learned query, and maps the result to classes."""

    def __init__(self, vocab_size, d_model, num_classes):
        super().__init__()
        self.embedding = keras.layers.Embedding(vocab_size, d_model, embeddings_initializer=_normal(1.0))
        self.query = self.add_weight((1, d_model), initializer=_normal(1.0))
        scale = d_model**-0.5
        self.wq = self.add_weight((d_model, d_model), initializer=_normal(scale))
        self.wk = self.add_weight((d_model, d_model), initializer=_normal(scale))
        self.v = self.add_weight((d_model,), initializer=_normal(scale))
        self.dense = keras.layers.Dense(num_classes)

    def call(self, ids):
        """ids [N, T] to logits [N, C] and attention weights [N, T]."""
        x = self.embedding(ids)
        query = tf.repeat(self.query, tf.shape(ids)[0], axis=0)
        params = {"wq": self.wq, "wk": self.wk, "v": self.v}
        context, weights = additive_attention(query, x, x, params, ids != 0)
        return self.dense(context), weights


def _normal(spread):
    return keras.initializers.RandomNormal(stddev=spread)
