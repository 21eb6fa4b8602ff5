# /// right
# framework = "tensorflow"
# style = "a functional model of library layers, model.fit, keras.ops"
# ///

import keras
import numpy as np
from keras import layers, ops


def cross_attention(x, memory, params, num_heads, memory_mask):
    batch, steps, width = x.shape
    if num_heads < 1 or width % num_heads != 0:
        raise ValueError("num_heads does not divide the width")
    if tuple(memory.shape) != (batch, memory.shape[1], width):
        raise ValueError("memory does not fit")
    size = width // num_heads
    q = ops.reshape(ops.add(ops.matmul(x, params["wq"]), params["bq"]), (batch, steps, num_heads, size))
    k = ops.reshape(ops.add(ops.matmul(memory, params["wk"]), params["bk"]), (batch, -1, num_heads, size))
    v = ops.reshape(ops.add(ops.matmul(memory, params["wv"]), params["bv"]), (batch, -1, num_heads, size))
    scores = ops.einsum("bthd,bshd->bhts", q, k) * size**-0.5
    if memory_mask is not None:
        scores = ops.where(memory_mask, scores, ops.full_like(scores, -1e30))
    weights = ops.exp(scores - ops.max(scores, axis=-1, keepdims=True))
    if memory_mask is not None:
        weights = ops.where(memory_mask, weights, ops.zeros_like(weights))
    total = ops.sum(weights, axis=-1, keepdims=True)
    weights = weights / ops.where(total == 0, ops.ones_like(total), total)
    heads = ops.einsum("bhts,bshd->bthd", weights, v)
    return ops.matmul(ops.reshape(heads, (batch, steps, width)), params["wo"]) + params["bo"]


def build_translator(src_vocab, tgt_vocab, d_model, num_heads, max_len):
    if any(size < 1 for size in (src_vocab, tgt_vocab, d_model, num_heads, max_len)) or d_model % num_heads:
        raise ValueError("sizes must be positive, and num_heads must divide d_model")
    src = layers.Input((max_len,), dtype="int64")
    tgt = layers.Input((max_len,), dtype="int64")
    real = ops.not_equal(src, 0)
    places = ops.cumsum(ops.ones_like(src), axis=1) - 1
    size = d_model // num_heads
    x = layers.Embedding(src_vocab, d_model)(src) + layers.Embedding(max_len, d_model)(places)
    attended = layers.MultiHeadAttention(num_heads, size)(x, x, attention_mask=real[:, None, :])
    x = layers.LayerNormalization()(x + attended)
    x = layers.LayerNormalization()(x + layers.Dense(d_model)(layers.Dense(2 * d_model, activation="gelu")(x)))
    y = layers.Embedding(tgt_vocab, d_model)(tgt) + layers.Embedding(max_len, d_model)(places)
    y = layers.LayerNormalization()(y + layers.MultiHeadAttention(num_heads, size)(y, y, use_causal_mask=True))
    attended = layers.MultiHeadAttention(num_heads, size)(y, x, attention_mask=real[:, None, :])
    y = layers.LayerNormalization()(y + attended)
    y = layers.LayerNormalization()(y + layers.Dense(d_model)(layers.Dense(2 * d_model, activation="gelu")(y)))
    return keras.Model([src, tgt], layers.Dense(tgt_vocab)(y))


def _widened(ids, width):
    ids = np.asarray(ids)
    if ids.shape[1] > width:
        raise ValueError("a row is too long")
    return np.pad(ids, ((0, 0), (0, width - ids.shape[1])))


def train(model, src, tgt, epochs, seed):
    width = model.inputs[0].shape[1]
    src, tgt = _widened(src, width), np.asarray(tgt)
    if epochs < 0 or len(src) != len(tgt) or not 2 <= tgt.shape[1] <= width:
        raise ValueError("bad epochs or pairs")
    inputs, due = _widened(tgt[:, :-1], width), _widened(tgt[:, 1:], width)
    model.compile(
        keras.optimizers.Adam(3e-3),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=0),
    )
    rng = np.random.default_rng(seed)
    for _ in range(epochs):
        order = rng.permutation(len(src))
        model.fit([src[order], inputs[order]], due[order], batch_size=32, shuffle=False, verbose=0)
    return model


def translate(model, src, bos_id, eos_id, max_len):
    width = model.inputs[0].shape[1]
    if max_len < 1 or max_len > width:
        raise ValueError("max_len does not fit the model")
    src = _widened(src, width)
    found = np.zeros((len(src), width + 1), np.int64)
    found[:, 0] = bos_id
    ended = np.zeros(len(src), bool)
    for place in range(max_len):
        logits = np.asarray(model([src, found[:, :width]], training=False))[:, place]
        found[:, place + 1] = np.where(ended, 0, logits.argmax(-1))
        ended |= found[:, place + 1] == eos_id
    return found[:, 1 : max_len + 1]
