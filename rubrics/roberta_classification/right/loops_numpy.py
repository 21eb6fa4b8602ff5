# /// right
# framework = "numpy"
# style = "loops over tokens, a seed of its own for each epoch, float64 inside, and a momentum by hand"
# ///

import math

import numpy as np

WIDTH = 12


def position_ids(ids, padding_id):
    if len(ids.shape) != 2 or padding_id < 0:
        raise ValueError("bad ids or padding_id")
    out = []
    for row in ids.tolist():
        count, places = padding_id, []
        for token in row:
            count += token != padding_id
            places.append(count if token != padding_id else padding_id)
        out.append(places)
    return np.array(out, dtype=np.int64).reshape(ids.shape)


def classification_head(hidden, params):
    w1, b1, w2, b2 = params["w1"], params["b1"], params["w2"], params["b2"]
    if hidden.ndim != 3 or not hidden.shape[1]:
        raise ValueError("hidden")
    d, h, c = hidden.shape[-1], w1.shape[1], w2.shape[1]
    if w1.shape != (d, h) or b1.shape != (h,) or w2.shape != (h, c) or b2.shape != (c,):
        raise ValueError("parameters do not fit")
    first = hidden[:, 0, :].astype(np.float64)
    inner = np.tanh(np.einsum("bd,dh->bh", first, w1) + b1)
    return (np.einsum("bh,hc->bc", inner, w2) + b2).astype(hidden.dtype)


def dynamic_mask(ids, epoch, mask_id, vocab_size, special_ids, probability=0.15, seed=0):
    if not (0 <= probability <= 1) or epoch < 0 or mask_id < 0 or mask_id >= vocab_size:
        raise ValueError("bad arguments")
    rng = np.random.Generator(np.random.Philox(key=[seed, epoch]))
    inputs, labels = ids.copy(), np.full(ids.shape, -100, dtype=ids.dtype)
    chosen = rng.random(ids.shape) < probability
    for special in special_ids:
        chosen &= ids != special
    labels[chosen] = ids[chosen]
    fate = rng.choice(3, size=ids.shape, p=[0.8, 0.1, 0.1])
    inputs[chosen & (fate == 0)] = mask_id
    random = chosen & (fate == 1)
    inputs[random] = rng.integers(0, vocab_size, size=int(random.sum()))
    return inputs, labels


class Model:
    def __init__(self, vocab_size, max_len, num_classes):
        rng = np.random.default_rng(0)
        self.vectors = rng.normal(0, 0.1, (vocab_size, WIDTH))
        self.places = rng.normal(1, 0.1, (max_len, WIDTH))
        self.inner = rng.normal(0, 1 / math.sqrt(WIDTH), (WIDTH, WIDTH))
        self.outer = rng.normal(0, 1 / math.sqrt(WIDTH), (WIDTH, num_classes))
        self.inner_bias, self.outer_bias = np.zeros(WIDTH), np.zeros(num_classes)

    def forward(self, ids):
        length = ids.shape[1]
        if length > len(self.places):
            raise ValueError("too long")
        real = (ids != 0)[..., None]
        tokens, places = self.vectors[ids] * real, self.places[:length] * real
        pooled = (tokens * places).sum(axis=1)
        hidden = np.tanh(pooled @ self.inner + self.inner_bias)
        logits = hidden @ self.outer + self.outer_bias
        e = np.exp(logits - logits.max(axis=1, keepdims=True))
        return tokens, places, pooled, hidden, e / e.sum(axis=1, keepdims=True)


def build_classifier(vocab_size, max_len, num_classes):
    if vocab_size < 1 or max_len < 1 or num_classes < 1:
        raise ValueError("sizes")
    return Model(vocab_size, max_len, num_classes)


def train(model, ids, labels, epochs, seed):
    if epochs < 0 or len(labels) != len(ids):
        raise ValueError("epochs or labels")
    if ids.shape[1] > len(model.places):
        raise ValueError("too long")
    rng = np.random.default_rng(seed)
    names = list(vars(model))
    first = {name: np.zeros_like(getattr(model, name)) for name in names}
    second = {name: np.zeros_like(getattr(model, name)) for name in names}
    step = 0
    for _ in range(epochs):
        order = rng.permutation(len(ids))
        for start in range(0, len(order), 32):
            rows = order[start : start + 32]
            step += 1
            for name, gradient in backward(model, ids[rows], labels[rows]).items():
                first[name] = 0.9 * first[name] + 0.1 * gradient
                second[name] = 0.99 * second[name] + 0.01 * gradient**2
                up, down = first[name] / (1 - 0.9**step), np.sqrt(second[name] / (1 - 0.99**step))
                setattr(model, name, getattr(model, name) - 0.01 * up / (down + 1e-8))
    return model


def backward(model, ids, labels):
    tokens, places, pooled, hidden, d = model.forward(ids)
    d[np.arange(len(ids)), labels] -= 1
    d /= len(ids)
    inner = d @ model.outer.T * (1 - hidden * hidden)
    back = (inner @ model.inner.T)[:, None]
    vectors, table = np.zeros_like(model.vectors), np.zeros_like(model.places)
    np.add.at(vectors, ids, back * places)
    table[: ids.shape[1]] = (back * tokens).sum(axis=0)
    return {
        "vectors": vectors,
        "places": table,
        "inner": pooled.T @ inner,
        "inner_bias": inner.sum(axis=0),
        "outer": hidden.T @ d,
        "outer_bias": d.sum(axis=0),
    }


def predict(model, ids):
    return model.forward(ids)[-1].astype(np.float32)
