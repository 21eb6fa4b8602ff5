# /// right
# framework = "numpy"
# style = "one row and one token at a time, in float64; a softmax classifier over mean-free embeddings, trained in the same way"
# ///

import numpy as np


def additive_attention(query, keys, values, params, mask=None):
    batch, length = keys.shape[:2]
    if values.shape[:2] != (batch, length) or query.shape[0] != batch:
        raise ValueError("batch or length differ")
    if (query.shape[1], keys.shape[2]) != (
        params["wq"].shape[0],
        params["wk"].shape[0],
    ):
        raise ValueError("widths differ")
    if mask is not None and tuple(mask.shape) != (batch, length):
        raise ValueError("mask")
    weights = np.zeros((batch, length))
    context = np.zeros((batch, values.shape[2]))
    for b in range(batch):
        seen = [t for t in range(length) if mask is None or mask[b, t]]
        if not seen:
            continue
        scores = []
        for t in seen:
            inner = query[b].astype(np.float64) @ params["wq"] + keys[b, t].astype(np.float64) @ params["wk"]
            scores.append(params["v"] @ np.tanh(inner))
        scores = np.array(scores)
        scores = np.exp(scores - scores.max())
        weights[b, seen] = scores / scores.sum()
        context[b] = weights[b, seen] @ values[b, seen]
    return context.astype(np.float32), weights.astype(np.float32)


class Pooler:
    """A score for each token of the vocabulary stands for v . tanh(query wq + key wk): a table of it, and one of classes."""

    def __init__(self, vocab_size, d_model, num_classes):
        rng = np.random.default_rng(3)
        self.keys = rng.normal(size=(vocab_size, d_model)) * 0.5
        self.wk = rng.normal(size=(d_model, d_model)) / np.sqrt(d_model)
        self.bias = np.zeros(d_model)
        self.v = rng.normal(size=d_model) / np.sqrt(d_model)
        self.values = rng.normal(size=(vocab_size, num_classes)) * 0.5

    def forward(self, ids):
        hidden = np.tanh(self.keys[ids] @ self.wk + self.bias)
        scores = np.where(ids == 0, -1e30, hidden @ self.v)
        weights = np.exp(scores - scores.max(1, keepdims=True)) * (ids != 0)
        weights /= np.maximum(weights.sum(1, keepdims=True), 1e-30)
        logits = (weights[:, :, None] * self.values[ids]).sum(1)
        probs = np.exp(logits - logits.max(1, keepdims=True))
        return hidden, weights, probs / probs.sum(1, keepdims=True)


def build_model(vocab_size, d_model, num_classes):
    if vocab_size <= 0 or d_model <= 0 or num_classes <= 0:
        raise ValueError("sizes")
    return Pooler(vocab_size, d_model, num_classes)


def train(model, ids, labels, epochs, seed):
    if epochs < 0 or ids.shape[0] != labels.shape[0]:
        raise ValueError("epochs or labels")
    rng = np.random.RandomState(seed)
    state = {}
    t = 0
    for _ in range(epochs):
        order = rng.permutation(len(ids))
        for rows in np.array_split(order, max(1, len(ids) // 25)):
            x, y = ids[rows], labels[rows]
            hidden, weights, probs = model.forward(x)
            dlogits = probs.copy()
            dlogits[np.arange(len(rows)), y] -= 1
            dlogits /= len(rows)
            grads = {name: np.zeros_like(value) for name, value in vars(model).items()}
            np.add.at(grads["values"], x, weights[:, :, None] * dlogits[:, None])
            dweights = (model.values[x] * dlogits[:, None]).sum(2)
            dscores = weights * (dweights - (weights * dweights).sum(1, keepdims=True))
            grads["v"] += (dscores[:, :, None] * hidden).sum((0, 1))
            dinner = dscores[:, :, None] * model.v * (1 - hidden**2)
            grads["bias"] += dinner.sum((0, 1))
            grads["wk"] += np.tensordot(model.keys[x], dinner, ((0, 1), (0, 1)))
            np.add.at(grads["keys"], x, dinner @ model.wk.T)
            t += 1
            for name, grad in grads.items():
                m, v = state.get(name, (0, 0))
                m, v = 0.9 * m + 0.1 * grad, 0.99 * v + 0.01 * grad**2
                state[name] = m, v
                getattr(model, name)[...] -= 0.03 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.99**t)) + 1e-8)
    return model


def predict(model, ids):
    return model.forward(ids)[2].astype(np.float32)


def attention_weights(model, ids):
    return model.forward(ids)[1].astype(np.float32)
