# /// right
# framework = "tensorflow"
# style = "the usual Keras idiom: base.trainable, training=False, a functional model, compile, fit and evaluate"
# ///

import keras
import numpy as np
import tensorflow as tf


def build_classifier(base, num_classes, freeze=True):
    if num_classes < 1:
        raise ValueError("at least one class")
    base.trainable = not freeze
    return _on(base, num_classes)


def _on(base, num_classes):
    images = keras.Input(base.input_shape[1:])
    maps = base(images, training=False)
    pooled = keras.layers.GlobalAveragePooling2D()(maps)
    outputs = keras.layers.Dense(num_classes, activation="softmax")(pooled)
    model = keras.Model(images, outputs)
    model.compile(keras.optimizers.Adam(0.02), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def train(model, x, y, epochs, seed):
    if epochs < 0 or y.shape[0] != x.shape[0]:
        raise ValueError("epochs or labels")
    rng = np.random.default_rng(seed)
    if epochs:
        order = np.concatenate([rng.permutation(len(x)) for _ in range(epochs)])
        data = tf.data.Dataset.from_tensor_slices((tf.gather(x, order), tf.gather(y, order)))
        model.fit(data.batch(16), verbose=0)
    return model


def predict(model, x):
    return model(x, training=False)


def evaluate(model, x, y):
    if x.shape[0] == 0 or x.shape[0] != y.shape[0]:
        raise ValueError("images or labels")
    return model.evaluate(x, y, verbose=0)[1]


def build_vgg16_classifier(num_classes):
    base = keras.applications.VGG16(weights=None, include_top=False, input_shape=(32, 32, 3))
    for layer in base.layers:
        layer.trainable = False
    x = keras.layers.Flatten()(base.output)
    x = keras.layers.Dense(64, activation="relu")(x)
    return keras.Model(base.input, keras.layers.Dense(num_classes, activation="softmax")(x))
