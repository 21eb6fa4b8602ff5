# /// right
# framework = "torch"
# style = "a GRU read at each text's end, numpy for the mask, results as numpy arrays"
# ///

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def position_ids(ids, padding_id):
    if ids.dim() != 2:
        raise ValueError("ids must be [B, T]")
    if padding_id < 0:
        raise ValueError("padding_id must not be negative")
    keep = ids.ne(padding_id).int()
    return ((torch.cumsum(keep, 1).type_as(keep) * keep).long() + padding_id).numpy()


def classification_head(hidden, params):
    if hidden.dim() != 3 or hidden.size(1) < 1:
        raise ValueError("hidden must be [B, T, D]")
    d, (h, c) = hidden.size(2), params["w2"].shape
    if params["w1"].shape != (d, h) or params["b1"].shape != (h,) or params["b2"].shape != (c,):
        raise ValueError("shapes do not fit")
    x = hidden.select(1, 0)
    x = torch.tanh(nn.functional.linear(x, params["w1"].T, params["b1"]))
    return nn.functional.linear(x, params["w2"].T, params["b2"])


def dynamic_mask(ids, epoch, mask_id, vocab_size, special_ids, probability=0.15, seed=0):
    if probability < 0 or probability > 1 or epoch < 0 or mask_id not in range(vocab_size):
        raise ValueError("arguments out of range")
    rng = np.random.default_rng((epoch, seed))
    array = ids.numpy()
    allowed = ~np.isin(array, special_ids)
    where = (rng.random(array.shape) < probability) & allowed
    labels = np.where(where, array, -100)
    kind = rng.random(array.shape)
    inputs = array.copy()
    inputs[where & (kind >= 0.2)] = mask_id
    swap = where & (kind < 0.1)
    inputs[swap] = rng.integers(vocab_size, size=swap.sum())
    return inputs, labels


class Recurrent(nn.Module):
    def __init__(self, vocab_size, max_len, num_classes):
        super().__init__()
        self.max_len = max_len
        self.embedding = nn.Embedding(vocab_size, 24, padding_idx=0)
        self.gru = nn.GRU(24, 32, batch_first=True)
        self.out = nn.Sequential(nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, num_classes))

    def forward(self, ids):
        if ids.shape[1] > self.max_len:
            raise ValueError("text too long")
        states, _ = self.gru(self.embedding(ids))
        last = (ids != 0).sum(dim=1).clamp(min=1) - 1
        return self.out(states[torch.arange(len(ids)), last])


def build_classifier(vocab_size, max_len, num_classes):
    if vocab_size <= 0 or max_len <= 0 or num_classes <= 0:
        raise ValueError("sizes must be positive")
    return Recurrent(vocab_size, max_len, num_classes)


def train(model, ids, labels, epochs, seed):
    if epochs < 0:
        raise ValueError("epochs must not be negative")
    if ids.shape[0] != labels.shape[0]:
        raise ValueError("one label a row, please")
    generator = torch.Generator()
    generator.manual_seed(seed)
    loader = DataLoader(TensorDataset(ids, labels), batch_size=32, shuffle=True, generator=generator)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2, weight_decay=0.0)
    loss_function = nn.CrossEntropyLoss()
    model.train()
    for _ in range(epochs):
        for x, y in loader:
            optimizer.zero_grad()
            loss_function(model(x), y).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
    model.eval()
    return model


def predict(model, ids):
    model.eval()
    with torch.no_grad():
        return torch.softmax(model(ids), dim=1).numpy()
