# /// wrong
# framework = "numpy"
# loses = ["test_distribution", "test_matches_reference"]
# also = ["test_permutation", "test_mask", "test_fully_masked", "test_large_scores", "test_arguments_untouched", "test_padding", "test_learns", "test_looks_where_the_answer_is", "test_seed", "test_bad_arguments"]
# diagnosis = "the softmax runs over the batch, not over the tokens"
# diagnosis_zh = "softmax 作用在批次上，而不是词元上"
# ///

import numpy as np

BATCH, LEARNING_RATE, BETA_1, BETA_2 = 32, 1e-2, 0.9, 0.999


def additive_attention(query, keys, values, params, mask=None):
    _check(query, keys, values, params, mask)
    hidden = np.tanh((query @ params["wq"])[:, None] + keys @ params["wk"])
    weights = _softmax(hidden @ params["v"], mask)
    return np.einsum("bt,btv->bv", weights, values), weights


def build_model(vocab_size, d_model, num_classes):
    if min(vocab_size, d_model, num_classes) < 1:
        raise ValueError("sizes must be at least 1")
    return AttentionClassifier(vocab_size, d_model, num_classes)


def train(model, ids, labels, epochs, seed):
    if epochs < 0 or len(ids) != len(labels):
        raise ValueError("expected epochs of at least 0, and a label for each row")
    rng = np.random.default_rng(seed)
    moments = {name: (np.zeros_like(value), np.zeros_like(value)) for name, value in vars(model).items()}
    step = 0
    for _ in range(epochs):
        order = rng.permutation(len(ids))
        for start in range(0, len(ids), BATCH):
            rows = order[start : start + BATCH]
            step += 1
            for name, gradient in model.gradients(ids[rows], labels[rows]).items():
                first, second = moments[name]
                first += (1 - BETA_1) * (gradient - first)
                second += (1 - BETA_2) * (gradient**2 - second)
                rate = LEARNING_RATE * np.sqrt(1 - BETA_2**step) / (1 - BETA_1**step)
                vars(model)[name] -= (rate * first / (np.sqrt(second) + 1e-8)).astype(np.float32)
    return model


def predict(model, ids):
    return model.probabilities(model.pooled(ids)[1])


def attention_weights(model, ids):
    return model.pooled(ids)[2]


class AttentionClassifier:
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
        x = self.embedding[ids]
        query = np.repeat(self.query, len(ids), axis=0)
        return x, *additive_attention(query, x, x, {"wq": self.wq, "wk": self.wk, "v": self.v}, ids != 0)

    def probabilities(self, context):
        return _softmax(context @ self.w + self.b)

    def gradients(self, ids, labels):
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
    if mask is not None:
        scores = np.where(mask, scores, np.finfo(scores.dtype).min)
    exponentials = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = exponentials / exponentials.sum(axis=0, keepdims=True)
    return weights if mask is None else weights * mask


def _check(query, keys, values, params, mask):
    if query.shape[-1] != params["wq"].shape[0] or keys.shape[-1] != params["wk"].shape[0]:
        raise ValueError("the query and the keys must fit wq and wk")
    if keys.shape[:2] != values.shape[:2] or len(query) != len(keys):
        raise ValueError("query, keys and values must agree in batch and length")
    if mask is not None and mask.shape != keys.shape[:2]:
        raise ValueError("the mask must be [B, T]")
