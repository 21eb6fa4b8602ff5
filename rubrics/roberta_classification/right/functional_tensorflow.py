# /// right
# framework = "tensorflow"
# style = "keras.ops, a functional model, model.fit"
# ///

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

WIDTH = 32


def position_ids(ids, padding_id):
    if len(ids.shape) != 2 or padding_id < 0:
        raise ValueError("expected ids [B, T], and a padding_id that is not negative")
    real = ops.not_equal(ids, padding_id)
    return ops.where(real, ops.cumsum(ops.cast(real, "int64"), axis=1) + padding_id, padding_id)


def classification_head(hidden, params):
    if len(hidden.shape) != 3 or hidden.shape[1] == 0:
        raise ValueError("expected hidden [B, T, D]")
    inner, classes = params["w2"].shape
    fits = params["w1"].shape == (hidden.shape[2], inner) and params["b1"].shape == (inner,)
    if not fits or params["b2"].shape != (classes,):
        raise ValueError("the parameters do not fit")
    inner = ops.tanh(ops.matmul(hidden[:, 0, :], params["w1"]) + params["b1"])
    return ops.matmul(inner, params["w2"]) + params["b2"]


def dynamic_mask(ids, epoch, mask_id, vocab_size, special_ids, probability=0.15, seed=0):
    if not 0.0 <= probability <= 1.0 or epoch < 0 or not 0 <= mask_id < vocab_size:
        raise ValueError("out of range")
    draws = tf.random.Generator.from_key_counter(seed, [0, epoch], alg="philox")
    chosen = draws.uniform(ids.shape) < probability
    for special in special_ids:
        chosen = chosen & (ids != special)
    kind = draws.uniform(ids.shape, maxval=10, dtype=tf.int64)
    other = draws.uniform(ids.shape, maxval=vocab_size, dtype=tf.int64)
    inputs = tf.where(chosen & (kind < 8), tf.constant(mask_id, tf.int64), ids)
    inputs = tf.where(chosen & (kind == 8), other, inputs)
    return inputs, tf.where(chosen, ids, tf.constant(-100, tf.int64))


def build_classifier(vocab_size, max_len, num_classes):
    if vocab_size < 1 or max_len < 1 or num_classes < 1:
        raise ValueError("sizes start at 1")
    ids = keras.Input((None,), dtype="int64")
    real = ops.cast(ops.not_equal(ids, 0), "int32")
    places = ops.cumsum(real, axis=1) * real
    x = layers.Embedding(vocab_size, WIDTH)(ids) + layers.Embedding(max_len + 1, WIDTH)(places)
    mask = ops.expand_dims(ops.not_equal(ids, 0), 1)
    x = layers.LayerNormalization()(x + layers.MultiHeadAttention(2, WIDTH // 2)(x, x, attention_mask=mask))
    x = layers.Dense(WIDTH, activation="tanh")(x[:, 0])
    model = keras.Model(ids, layers.Dense(num_classes, activation="softmax")(x))
    model.longest = max_len
    return model


def train(model, ids, labels, epochs, seed):
    if epochs < 0 or ids.shape[0] != labels.shape[0]:
        raise ValueError("epochs or labels")
    if ids.shape[1] > model.longest:
        raise ValueError("texts are too long")
    model.compile(keras.optimizers.Adam(5e-3), "sparse_categorical_crossentropy")
    rng = np.random.default_rng(seed)
    for _ in range(epochs):
        order = rng.permutation(len(ids))
        model.fit(tf.gather(ids, order), tf.gather(labels, order), batch_size=32, shuffle=False, verbose=0)
    return model


def predict(model, ids):
    if ids.shape[1] > model.longest:
        raise ValueError("texts are too long")
    return model(ids, training=False)
