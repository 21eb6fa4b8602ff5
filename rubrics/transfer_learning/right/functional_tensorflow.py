# /// right
# framework = "tensorflow"
# style = "the usual Keras idiom: base.trainable, a functional model, compile and fit"
# ///

import keras
import numpy as np
import tensorflow as tf


def build(base, feature_dim, num_classes, freeze=True):
    if feature_dim < 1 or num_classes < 1:
        raise ValueError("sizes start at 1")
    base.trainable = not freeze
    x = keras.Input(base.input_shape[1:])
    return keras.Model(x, keras.layers.Dense(num_classes, activation="softmax")(base(x, training=False)))


def train(model, x, y, epochs, seed):
    if epochs < 0 or y.shape[0] != x.shape[0]:
        raise ValueError("epochs or labels")
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    rng = np.random.default_rng(seed)
    order = np.concatenate([rng.permutation(len(x)) for _ in range(epochs)] or [np.zeros(0, int)])
    if epochs:
        data = tf.data.Dataset.from_tensor_slices((tf.gather(x, order), tf.gather(y, order)))
        model.fit(data.batch(10), verbose=0)
    return model


def predict(model, x):
    return model(x, training=False)
