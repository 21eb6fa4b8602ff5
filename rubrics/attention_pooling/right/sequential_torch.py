# /// right
# framework = "torch"
# style = "broadcasts and sums; a new model is trained and returned, by SGD with momentum over the whole data; results as numpy arrays"
# ///

import copy

import numpy as np
import torch
from torch import nn


def additive_attention(query, keys, values, params, mask=None):
    if query.size(1) != params["wq"].size(0) or keys.size(2) != params["wk"].size(0):
        raise ValueError("widths")
    if keys.size(0) != values.size(0) or keys.size(1) != values.size(1) or query.size(0) != keys.size(0):
        raise ValueError("sizes")
    if mask is not None and list(mask.shape) != [keys.size(0), keys.size(1)]:
        raise ValueError("mask")
    projected = torch.einsum("btk,kh->bth", keys, params["wk"]) + torch.einsum(
        "bq,qh->bh", query, params["wq"]
    ).unsqueeze(1)
    scores = (projected.tanh() * params["v"]).sum(-1)
    keep = torch.ones_like(scores) if mask is None else mask.to(scores.dtype)
    scores = scores.masked_fill(keep == 0, -3e38)
    exponentials = (scores - scores.amax(1, keepdim=True).detach()).exp() * keep
    weights = exponentials / exponentials.sum(1, keepdim=True).clamp_min(1e-30)
    return (weights.unsqueeze(-1) * values).sum(1), weights


class Net(nn.Module):
    def __init__(self, vocab_size, d_model, num_classes):
        super().__init__()
        self.table = nn.Embedding(vocab_size, d_model, padding_idx=0)
        self.score = nn.Sequential(nn.Linear(d_model, d_model), nn.Tanh(), nn.Linear(d_model, 1, bias=False))
        self.head = nn.Sequential(nn.Linear(d_model, d_model), nn.ReLU(), nn.Linear(d_model, num_classes))

    def weights(self, ids):
        scores = self.score(self.table(ids)).squeeze(-1)
        return torch.softmax(scores.masked_fill(ids.eq(0), torch.finfo(scores.dtype).min), 1) * ids.ne(0)

    def forward(self, ids):
        return self.head(torch.bmm(self.weights(ids).unsqueeze(1), self.table(ids)).squeeze(1))


def build_model(vocab_size, d_model, num_classes):
    if any(size < 1 for size in (vocab_size, d_model, num_classes)):
        raise ValueError("sizes")
    return Net(vocab_size, d_model, num_classes)


def train(model, ids, labels, epochs, seed):
    if epochs < 0 or ids.shape[0] != labels.shape[0]:
        raise ValueError("bad arguments")
    model = copy.deepcopy(model)
    rng = np.random.RandomState(seed)
    optimizer = torch.optim.RMSprop(model.parameters(), lr=0.01)
    loss_of = nn.CrossEntropyLoss()
    model.train()
    for _ in range(epochs):
        order = torch.from_numpy(rng.permutation(len(ids)))
        for start in range(0, len(ids), 16):
            rows = order[start : start + 16]
            optimizer.zero_grad()
            loss_of(model(ids[rows]), labels[rows]).backward()
            optimizer.step()
    return model.eval()


def predict(model, ids):
    with torch.inference_mode():
        return torch.softmax(model(ids), -1).numpy()


def attention_weights(model, ids):
    with torch.inference_mode():
        return model.weights(ids).numpy()
