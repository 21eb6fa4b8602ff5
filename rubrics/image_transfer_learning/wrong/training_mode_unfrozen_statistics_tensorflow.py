# /// wrong
# framework = "tensorflow"
# loses = ["test_frozen_statistics", "test_frozen_weights"]
# also = ["test_learns"]
# diagnosis = "only the kernels are frozen: batch norm goes on in training"
# diagnosis_zh = "只冻结了卷积，批归一化仍在训练"
# ///

import keras
import tensorflow as tf

BATCH, LEARNING_RATE = 16, 2e-2
BASE_RATE = 2e-3  # what is trained already moves more slowly


def build_classifier(base, num_classes, freeze=True):
    """A linear head on a copy of the base. Raises ValueError for fewer classes than one."""
    if num_classes < 1:
        raise ValueError("there must be a class")
    own = keras.models.clone_model(base)
    own.set_weights(base.get_weights())
    return _with_head(own, num_classes, freeze)


def train(model, x, y, epochs, seed):
    """Minimise the cross entropy of y [N] given x [N, H, W, 3], in what is not frozen.

    Raises ValueError for negative epochs, and unless there is one label for each image.
    """
    if epochs < 0 or len(x) != len(y):
        raise ValueError("expected epochs of at least 0, and a label for each image")
    batches = tf.data.Dataset.range(len(x)).shuffle(len(x), seed).batch(BATCH)
    rate = LEARNING_RATE if not model.layers[0].trainable else BASE_RATE
    optimizer = keras.optimizers.Adam(rate)
    optimizer.build(model.trainable_variables)

    @tf.function(reduce_retracing=True)
    def step(rows):
        with tf.GradientTape() as tape:
            found, labels = model(tf.gather(x, rows), training=True), tf.gather(y, rows)
            loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(labels, found))
        optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)

    for _ in range(epochs):
        for rows in batches:
            step(rows)
    return model


def predict(model, x):
    """Probabilities [N, C] of x [N, H, W, 3]."""
    return model(x, training=False)


def evaluate(model, x, y):
    """The share of x whose most probable class is y. Raises ValueError without images, and unless each has a label."""
    if len(x) == 0 or len(x) != len(y):
        raise ValueError("expected an image at least, and a label for each")
    return float(tf.reduce_mean(tf.cast(tf.argmax(predict(model, x), axis=-1) == y, tf.float32)))


def build_vgg16_classifier(num_classes):
    """A frozen VGG16 with random weights for images [N, 32, 32, 3], and a linear head. Raises ValueError as above."""
    if num_classes < 1:
        raise ValueError("there must be a class")
    base = keras.applications.VGG16(weights=None, include_top=False, input_shape=(32, 32, 3))
    return _with_head(base, num_classes, freeze=True)


def _with_head(base, num_classes, freeze):
    """A frozen layer of Keras normalises by its running statistics, in training too, and leaves them as they are."""
    for layer in base.layers:
        layer.trainable = not freeze or isinstance(layer, keras.layers.BatchNormalization)
    head = keras.layers.Dense(num_classes, activation="softmax")
    return keras.Sequential([base, keras.layers.GlobalAveragePooling2D(), head])
