# /// right
# framework = "tensorflow"
# style = "keras.ops and a functional Keras model trained by fit"
# ///

import keras
import numpy as np
from keras import layers, ops


def additive_attention(query, keys, values, params, mask=None):
    b, t, k = keys.shape
    if query.shape[1] != params["wq"].shape[0] or k != params["wk"].shape[0]:
        raise ValueError("widths")
    if tuple(values.shape[:2]) != (b, t) or query.shape[0] != b:
        raise ValueError("sizes")
    if mask is not None and tuple(mask.shape) != (b, t):
        raise ValueError("mask")
    scores = ops.sum(
        ops.tanh(ops.matmul(keys, params["wk"]) + ops.expand_dims(ops.matmul(query, params["wq"]), 1)) * params["v"],
        -1,
    )
    if mask is not None:
        scores = ops.where(mask, scores, -1e30)
    weights = ops.softmax(scores, axis=-1)
    if mask is not None:
        weights = ops.where(mask, weights, 0.0)
    return ops.squeeze(ops.matmul(ops.expand_dims(weights, 1), values), 1), weights


def build_model(vocab_size, d_model, num_classes):
    if min(vocab_size, d_model, num_classes) <= 0:
        raise ValueError("sizes")
    ids = keras.Input((None,), dtype="int64")
    x = layers.Embedding(vocab_size, d_model)(ids)
    scores = layers.Dense(1, use_bias=False)(layers.Dense(d_model, activation="tanh")(x))
    real = ops.cast(ops.not_equal(ids, 0), "float32")
    weights = layers.Softmax()(scores[..., 0] - 1e9 * (1 - real)) * real
    pooled = ops.einsum("nt,ntd->nd", weights, x)
    probs = layers.Dense(num_classes, activation="softmax")(pooled)
    return keras.Model(ids, {"probs": probs, "weights": weights})


def train(model, ids, labels, epochs, seed):
    if epochs < 0 or len(ids) != len(labels):
        raise ValueError("bad arguments")
    learner = keras.Model(model.input, model.output["probs"])
    learner.compile(keras.optimizers.Adam(0.02), "sparse_categorical_crossentropy")
    rng = np.random.default_rng(seed)
    ids, labels = np.array(ids), np.array(labels)
    for _ in range(epochs):
        order = rng.permutation(len(ids))
        learner.fit(ids[order], labels[order], batch_size=32, shuffle=False, verbose=0)
    return model


def predict(model, ids):
    return model(ids)["probs"]


def attention_weights(model, ids):
    return model(ids)["weights"]
