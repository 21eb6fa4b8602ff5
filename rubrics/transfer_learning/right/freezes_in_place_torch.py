# /// right
# framework = "torch"
# style = "flags set on the given base, a hidden layer in the head, SGD with momentum over all parameters, DataLoader"
# ///

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def build(base, feature_dim, num_classes, freeze=True):
    if not feature_dim > 0 or not num_classes > 0:
        raise ValueError("sizes")
    base.requires_grad_(not freeze)
    model = nn.Module()
    model.base = base
    model.hidden = nn.Linear(feature_dim, 16)
    model.out = nn.Linear(16, num_classes)
    return model


def scores(model, x):
    return model.out(torch.relu(model.hidden(model.base(x))))


def train(model, x, y, epochs, seed):
    if epochs < 0 or len(y) != len(x):
        raise ValueError("bad arguments")
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9, weight_decay=1e-4)
    model.train()
    for _ in range(epochs):
        for rows, labels in DataLoader(TensorDataset(x, y), batch_size=10, shuffle=True, generator=generator):
            optimizer.zero_grad()
            nn.functional.cross_entropy(scores(model, rows), labels).backward()
            optimizer.step()
    return model.eval()


def predict(model, x):
    with torch.inference_mode():
        return torch.softmax(scores(model, x), dim=-1).clone()
