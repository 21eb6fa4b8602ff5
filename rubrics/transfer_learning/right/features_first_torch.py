# /// right
# framework = "torch"
# style = "frozen features are computed once, the base in eval mode; otherwise two learning rates"
# ///

import torch
from torch import nn


class Classifier(nn.Module):
    def __init__(self, base, feature_dim, num_classes, freeze):
        super().__init__()
        self.base, self.freeze = base, freeze
        for parameter in base.parameters():
            parameter.requires_grad = not freeze
        self.head = nn.Sequential(nn.Linear(feature_dim, num_classes), nn.LogSoftmax(dim=1))

    def features(self, x):
        self.base.eval()
        with torch.set_grad_enabled(torch.is_grad_enabled() and not self.freeze):
            return self.base(x)

    def forward(self, x):
        return self.head(self.features(x))


def build(base, feature_dim, num_classes, freeze=True):
    if feature_dim < 1 or num_classes < 1:
        raise ValueError("sizes must be positive")
    return Classifier(base, feature_dim, num_classes, freeze)


def train(model, x, y, epochs, seed):
    if epochs < 0 or x.shape[0] != y.shape[0]:
        raise ValueError("epochs or labels")
    generator = torch.Generator().manual_seed(seed)
    groups = [{"params": model.head.parameters(), "lr": 0.02}]
    if not model.freeze:
        groups.append({"params": model.base.parameters(), "lr": 0.002})
    optimizer = torch.optim.AdamW(groups, weight_decay=1e-3)
    inputs = model.features(x).detach() if model.freeze else x
    for _ in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        for start in range(0, len(x), 6):
            rows = order[start : start + 6]
            scores = model.head(inputs[rows]) if model.freeze else model(inputs[rows])
            optimizer.zero_grad()
            nn.functional.nll_loss(scores, y[rows]).backward()
            optimizer.step()
    return model


def predict(model, x):
    with torch.no_grad():
        return model(x).exp().numpy()
