# /// right
# framework = "tensorflow"
# style = "a functional Keras model, trained with model.fit"
# ///

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops


class Places(layers.Layer):
    def __init__(self, longest, width):
        super().__init__()
        self.table = self.add_weight(shape=(longest, width), initializer="random_normal")
        self.longest = longest

    def call(self, x):
        return x + self.table[: ops.shape(x)[1]]


def build_language_model(vocab_size, max_len, d_model, num_heads, d_ff):
    if not all(size >= 1 for size in (vocab_size, max_len, d_model, num_heads, d_ff)) or d_model % num_heads > 0:
        raise ValueError("sizes start at 1, and the heads share the width")
    ids = keras.Input((None,), dtype="int64")
    x = Places(max_len, d_model)(layers.Embedding(vocab_size, d_model)(ids))
    heads = layers.MultiHeadAttention(num_heads, d_model // num_heads)(x, x, use_causal_mask=True)
    x = layers.LayerNormalization(epsilon=1e-5)(x + heads)
    inner = layers.Dense(d_model)(layers.Dense(d_ff, activation="relu")(x))
    x = layers.LayerNormalization(epsilon=1e-5)(x + inner)
    model = keras.Model(ids, layers.Dense(vocab_size, activation="softmax")(x))
    model.longest = max_len
    return model


def fit(model, ids, epochs, seed):
    if epochs < 0 or ids.shape[1] < 2 or ids.shape[1] > model.longest:
        raise ValueError("bad epochs or texts")
    model.compile(keras.optimizers.Adam(5e-3), "sparse_categorical_crossentropy")
    order = np.random.default_rng(seed)
    for _ in range(epochs):
        texts = tf.gather(ids, order.permutation(len(ids)))
        model.fit(texts[:, :-1], texts[:, 1:], batch_size=32, shuffle=False, verbose=0)
    return model
