"""RoBERTa: Liu et al., 2019 (arXiv:1907.11692), section 3.1 and table 1 (a new mask whenever a text is seen); positions
and classification head as in its published code (fairseq). The classifier's gradients are worked out by hand.
"""

import numpy as np

IGNORED = -100
PADDING = 0
BATCH, LEARNING_RATE, WIDTH = 32, 0.1, 16


def position_ids(ids, padding_id):
    """ids [B, T] -> [B, T]: the real tokens of a row count from padding_id + 1, padding has padding_id."""
    real = ids != padding_id
    return np.cumsum(real, axis=1) * real + padding_id


def classification_head(hidden, params):
    """tanh(first token w1 + b1) w2 + b2.

    hidden [B, T, D], params w1 [D, H], b1 [H], w2 [H, C], b2 [C]. Returns logits [B, C]. Raises ValueError where the
    matrices do not fit.
    """
    w1, b1, w2, b2 = (params[name] for name in ("w1", "b1", "w2", "b2"))
    return np.tanh(hidden[:, 0] @ w1 + b1) @ w2 + b2


def dynamic_mask(ids, epoch, mask_id, vocab_size, special_ids, probability=0.15, seed=0):
    """ids [B, T] -> (inputs [B, T], labels [B, T]): BERT's mask, drawn anew for each epoch.

    Each ordinary position is chosen with `probability`; of the chosen, 80 % become mask_id, 10 % random, 10 % stay.
    Labels are -100 where nothing is to be predicted. Raises ValueError for a probability outside [0, 1] and an epoch
    below 0.
    """
    if not 0 <= probability <= 1 or epoch < 0:
        raise ValueError("probability or epoch is out of range")
    rng = np.random.default_rng([seed, epoch])
    chosen = (rng.random(ids.shape) < probability) & ~np.isin(ids, special_ids)
    fate = rng.random(ids.shape)
    random_ids = rng.integers(vocab_size, size=ids.shape)
    replacements = np.where(fate < 0.8, mask_id, np.where(fate < 0.9, random_ids, ids))
    return np.where(chosen, replacements, ids), np.where(chosen, ids, IGNORED)


def build_classifier(vocab_size, max_len, num_classes):
    """Raises ValueError for a size below 1."""
    if min(vocab_size, max_len, num_classes) < 1:
        raise ValueError("sizes must be at least 1")
    return Classifier(vocab_size, max_len, num_classes)


def train(model, ids, labels, epochs, seed):
    """Minimise the cross entropy of labels [N] given ids [N, T], by Adagrad (Duchi et al., 2011, section 1.1).

    Raises ValueError for negative epochs, and unless there is one label for each row.
    """
    if epochs < 0 or len(ids) != len(labels):
        raise ValueError("expected epochs of at least 0, and a label for each row")
    rng = np.random.default_rng(seed)
    squares = dict.fromkeys(vars(model), 1e-8)
    for _ in range(epochs):
        for rows in np.array_split(rng.permutation(len(ids)), np.arange(BATCH, len(ids), BATCH)):
            for name, gradient in model.gradients(ids[rows], labels[rows]).items():
                squares[name] = squares[name] + gradient**2
                vars(model)[name] -= LEARNING_RATE * gradient / np.sqrt(squares[name])
    return model


def predict(model, ids):
    """Probabilities [N, C] of ids [N, T]. Raises ValueError for rows that are longer than the model's max_len."""
    logits = classification_head(model.pooled(ids)[:, None], vars(model))
    exponentials = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


class Classifier:
    """Sums the vectors of a text's tokens, each scaled by that of its position, and maps the sum to classes.

    Padding has zeros for both, so that neither has a gradient, and it stays without influence.
    """

    def __init__(self, vocab_size, max_len, num_classes):
        normal = np.random.default_rng(0).normal
        self.tokens = normal(0, 0.1, (vocab_size, WIDTH)).astype(np.float32)
        self.positions = normal(1, 0.1, (PADDING + 1 + max_len, WIDTH)).astype(np.float32)
        self.tokens[PADDING] = self.positions[PADDING] = 0
        self.w1 = normal(0, WIDTH**-0.5, (WIDTH, WIDTH)).astype(np.float32)
        self.b1 = np.zeros(WIDTH, np.float32)
        self.w2 = normal(0, WIDTH**-0.5, (WIDTH, num_classes)).astype(np.float32)
        self.b2 = np.zeros(num_classes, np.float32)

    def pooled(self, ids):
        """ids [N, T] -> [N, D]"""
        if ids.shape[1] >= len(self.positions) - PADDING:
            raise ValueError("a row is longer than max_len")
        return np.sum(self.tokens[ids] * self.positions[position_ids(ids, PADDING)], axis=1)

    def gradients(self, ids, labels):
        """Of the mean cross entropy, in every parameter."""
        pooled, places = self.pooled(ids), position_ids(ids, PADDING)
        hidden = np.tanh(pooled @ self.w1 + self.b1)
        d_logits = (predict(self, ids) - np.eye(len(self.b2), dtype=np.float32)[labels]) / np.float32(len(ids))
        d_hidden = d_logits @ self.w2.T * (1 - hidden**2)
        d_products = (d_hidden @ self.w1.T)[:, None]
        d_tokens, d_positions = np.zeros_like(self.tokens), np.zeros_like(self.positions)
        np.add.at(d_tokens, ids, d_products * self.positions[places])
        np.add.at(d_positions, places, d_products * self.tokens[ids])
        return {
            "tokens": d_tokens,
            "positions": d_positions,
            "w1": pooled.T @ d_hidden,
            "b1": d_hidden.sum(axis=0),
            "w2": hidden.T @ d_logits,
            "b2": d_logits.sum(axis=0),
        }
