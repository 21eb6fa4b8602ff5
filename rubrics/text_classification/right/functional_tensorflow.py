# /// right
# framework = "tensorflow"
# style = "a functional model with masked embeddings and an LSTM, model.fit, class probabilities from the model"
# ///

import keras
import numpy as np
import tensorflow as tf
from keras import layers


def build_classifier(vocab_size, max_len, num_classes):
    if min(vocab_size, max_len, num_classes) <= 0:
        raise ValueError("sizes start at 1")
    ids = keras.Input((None,), dtype="int64")
    x = layers.Embedding(vocab_size, 24, mask_zero=True)(ids)
    x = layers.LSTM(32)(x)
    model = keras.Model(ids, layers.Dense(num_classes, activation="softmax")(x), name=f"up_to_{max_len}")
    return model


def _check(model, ids):
    if ids.shape[1] > int(model.name.rsplit("_", 1)[1]):
        raise ValueError("texts are too long")


def train(model, ids, labels, epochs, seed):
    _check(model, ids)
    if epochs < 0 or labels.shape[0] != ids.shape[0]:
        raise ValueError("epochs or labels")
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    rng = np.random.default_rng(seed)
    for _ in range(epochs):
        order = rng.permutation(len(ids))
        model.fit(tf.gather(ids, order), tf.gather(labels, order), batch_size=20, shuffle=False, verbose=0)
    return model


def predict(model, ids):
    _check(model, ids)
    # A text without a token would have a mask that is False everywhere: the LSTM then gives its initial state.
    return model(ids, training=False)
