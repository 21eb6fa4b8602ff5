"""Additive attention: Bahdanau et al., 2015 (arXiv:1409.0473), appendix A.1.2, as a pooling over a text's tokens with a
learned query. Trained by Adam (Kingma and Ba, 2015, algorithm 1) on gradients worked out by hand.
"""

import numpy as np

BATCH, LEARNING_RATE, BETA_1, BETA_2 = 32, 1e-2, 0.9, 0.999


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
    moments = {name: (np.zeros_like(value), np.zeros_like(value)) for name, value in vars(model).items()}
    step = 0
    for _ in range(epochs):
        for rows in np.array_split(rng.permutation(len(ids)), np.arange(BATCH, len(ids), BATCH)):
            step += 1
            for name, gradient in model.gradients(ids[rows], labels[rows]).items():
                first, second = moments[name]
                first += (1 - BETA_1) * (gradient - first)
                second += (1 - BETA_2) * (gradient**2 - second)
                rate = LEARNING_RATE * np.sqrt(1 - BETA_2**step) / (1 - BETA_1**step)
                vars(model)[name] -= (rate * first / (np.sqrt(second) + 1e-8)).astype(np.float32)
    return model


def predict(model, ids):
    """Probabilities [N, C] of ids [N, T]."""
    return model.probabilities(model.pooled(ids)[1])


def attention_weights(model, ids):
    """[N, T]"""
    return model.pooled(ids)[2]


class AttentionClassifier:
    """Embeds tokens, pools them by attention with a learned query, and maps the result to classes."""

    def __init__(self, vocab_size, d_model, num_classes):
        def draw(*shape):
            return (np.random.normal(size=shape) / np.sqrt(shape[0])).astype(np.float32)

        self.embedding = draw(vocab_size, d_model) * np.float32(np.sqrt(vocab_size))
        self.query = draw(1, d_model)
        self.wq, self.wk, self.v = (
            draw(d_model, d_model),
            draw(d_model, d_model),
            draw(d_model),
        )
        self.w = draw(d_model, num_classes)
        self.b = np.zeros(num_classes, np.float32)

    def pooled(self, ids):
        """Embedded tokens [N, T, D], context [N, D] and weights [N, T]."""
        x = self.embedding[ids]
        query = np.repeat(self.query, len(ids), axis=0)
        return x, *additive_attention(query, x, x, {"wq": self.wq, "wk": self.wk, "v": self.v}, ids != 0)

    def probabilities(self, context):
        return _softmax(context @ self.w + self.b)

    def gradients(self, ids, labels):
        """Of the mean cross entropy, by parameter."""
        x, context, weights = self.pooled(ids)
        hidden = np.tanh(self.query @ self.wq + x @ self.wk)
        d_logits = (self.probabilities(context) - np.eye(len(self.b), dtype=np.float32)[labels]) / len(ids)
        d_context = d_logits @ self.w.T
        d_weights = np.einsum("ntd,nd->nt", x, d_context)
        d_scores = weights * (d_weights - np.sum(weights * d_weights, axis=1, keepdims=True))
        d_inner = d_scores[..., None] * self.v * (1 - hidden**2)
        d_x = weights[..., None] * d_context[:, None] + d_inner @ self.wk.T
        d_embedding = np.zeros_like(self.embedding)
        np.add.at(d_embedding, ids, d_x)
        d_query = d_inner.sum(axis=(0, 1))
        return {
            "embedding": d_embedding,
            "query": (self.wq @ d_query)[None],
            "wq": np.outer(self.query, d_query),
            "wk": np.einsum("ntd,nte->de", x, d_inner),
            "v": np.einsum("nt,ntd->d", d_scores, hidden),
            "w": context.T @ d_logits,
            "b": d_logits.sum(axis=0),
        }


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
