"""Additive attention: Bahdanau et al., 2015 (arXiv:1409.0473), appendix A.1.2, as a pooling over a text's tokens with a
learned query. Trained by Adagrad (Duchi et al., 2011, section 1.1) on gradients worked out by hand.
"""

import numpy as np

BATCH, LEARNING_RATE = 32, 0.3


def additive_attention(query, keys, values, params, mask=None):
    """softmax over t of v . tanh(query wq + key_t wk), and the mean of the values under it.

    query [B, Q], keys [B, T, K], values [B, T, V], params wq [Q, H], wk [K, H], v [H], mask [B, T], True where a key
    may be attended to. Returns context [B, V] and weights [B, T]; both 0 where there is nothing to attend to.
    """
    _check(query, keys, values, params, mask)
    hidden = np.tanh((query @ params["wq"])[:, None] + keys @ params["wk"])
    weights = _softmax(hidden @ params["v"], mask)
    return np.einsum("bt,btv->bv", weights, values), weights


def build_model(vocab_size, d_model, num_classes):
    """Token 0 is padding."""
    if min(vocab_size, d_model, num_classes) < 1:
        raise ValueError("sizes must be at least 1")
    return AttentionClassifier(vocab_size, d_model, num_classes)


def train(model, ids, labels, epochs, seed):
    """Minimise the cross entropy of labels [N] given ids [N, T]."""
    if epochs < 0 or len(ids) != len(labels):
        raise ValueError("expected epochs of at least 0, and a label for each row")
    rng = np.random.default_rng(seed)
    squares = {"v": 1e-8, "values": 1e-8}
    for _ in range(epochs):
        for rows in np.array_split(rng.permutation(len(ids)), np.arange(BATCH, len(ids), BATCH)):
            for name, gradient in model.gradients(ids[rows], labels[rows]).items():
                squares[name] = squares[name] + gradient**2
                vars(model)[name] -= LEARNING_RATE * gradient / np.sqrt(squares[name])
    return model


def predict(model, ids):
    """Probabilities [N, C] of ids [N, T]."""
    return model.probabilities(ids)[0]


def attention_weights(model, ids):
    """[N, T]"""
    return model.probabilities(ids)[1]


class AttentionClassifier:
    """Each token has a key, which stays as it is drawn and by which `v` weighs it, and a value: what it adds to
    the classes' logits.
    """

    def __init__(self, vocab_size, d_model, num_classes):
        self.keys = np.random.normal(size=(vocab_size, d_model)).astype(np.float32)
        self.v = np.zeros(d_model, np.float32)
        self.values = np.zeros((vocab_size, num_classes), np.float32)

    def probabilities(self, ids):
        """[N, C], and the attention weights [N, T]."""
        params = {
            "wq": np.zeros((1, len(self.v)), np.float32),
            "wk": np.eye(len(self.v), dtype=np.float32),
            "v": self.v,
        }
        no_query = np.zeros((len(ids), 1), np.float32)
        logits, weights = additive_attention(no_query, self.keys[ids], self.values[ids], params, ids != 0)
        return _softmax(logits), weights

    def gradients(self, ids, labels):
        """Of the mean cross entropy."""
        probabilities, weights = self.probabilities(ids)
        hidden = np.tanh(self.keys[ids])
        d_logits = (probabilities - np.eye(probabilities.shape[1], dtype=np.float32)[labels]) / len(ids)
        d_weights = np.einsum("ntc,nc->nt", self.values[ids], d_logits)
        d_scores = weights * (d_weights - np.sum(weights * d_weights, axis=1, keepdims=True))
        d_values = np.zeros_like(self.values)
        np.add.at(d_values, ids, weights[..., None] * d_logits[:, None])
        return {"v": np.einsum("nt,ntd->d", d_scores, hidden), "values": d_values}


def _softmax(scores, mask=None):
    """Over the last axis, where the mask is True: 0 elsewhere, and in a row without any True."""
    if mask is not None:
        scores = np.where(mask, scores, np.finfo(scores.dtype).min)
    exponentials = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = exponentials / exponentials.sum(axis=-1, keepdims=True)
    return weights if mask is None else weights * mask


def _check(query, keys, values, params, mask):
    if query.shape[-1] != params["wq"].shape[0] or keys.shape[-1] != params["wk"].shape[0]:
        raise ValueError("the query and the keys must fit wq and wk")
    if keys.shape[:2] != values.shape[:2] or len(query) != len(keys):
        raise ValueError("query, keys and values must agree in batch and length")
    if mask is not None and mask.shape != keys.shape[:2]:
        raise ValueError("the mask must be [B, T]")
