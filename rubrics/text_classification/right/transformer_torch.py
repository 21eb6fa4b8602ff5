# /// right
# framework = "torch"
# style = "nn.Sequential with a Transformer block and learned positions, mean pooling, the loss of log probabilities"
# ///

import torch
from torch import nn


class Encode(nn.Module):
    def __init__(self, vocab_size, max_len, width):
        super().__init__()
        self.tokens, self.places = nn.Embedding(vocab_size, width), nn.Embedding(max_len, width)
        self.layer = nn.TransformerEncoderLayer(width, 4, 64, 0.0, batch_first=True, norm_first=True)

    def forward(self, ids):
        n, t = ids.shape
        if t > self.places.num_embeddings:
            raise ValueError("too many tokens")
        hidden = self.layer(self.tokens(ids) + self.places(torch.arange(t)), src_key_padding_mask=ids.eq(0))
        weights = ids.ne(0).float()
        return torch.einsum("ntd,nt->nd", hidden, weights) / weights.sum(1, keepdim=True).clamp(min=1)


def build_classifier(vocab_size, max_len, num_classes):
    for size in (vocab_size, max_len, num_classes):
        if size <= 0:
            raise ValueError("no size may be below 1")
    return nn.Sequential(Encode(vocab_size, max_len, 32), nn.Linear(32, num_classes), nn.LogSoftmax(dim=-1))


def train(model, ids, labels, epochs, seed):
    if epochs < 0:
        raise ValueError("epochs must be at least 0")
    if len(labels) != len(ids):
        raise ValueError("one label for each text")
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    order = torch.Generator().manual_seed(seed)
    for _ in range(epochs):
        shuffled = torch.randperm(len(ids), generator=order)
        for start in range(0, len(ids), 16):
            rows = shuffled[start : start + 16]
            loss = -model(ids[rows])[torch.arange(len(rows)), labels[rows]].mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return model


def predict(model, ids):
    with torch.inference_mode():
        return model(ids).exp().clone()
