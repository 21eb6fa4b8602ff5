# /// right
# framework = "torch"
# style = "frozen feature maps are pooled once, then a head by SGD; Sequential for the rest"
# ///

import torch
from torch import nn


def build_classifier(base, num_classes, freeze=True):
    if num_classes <= 0:
        raise ValueError("no classes")
    base.eval()
    for parameter in base.parameters():
        parameter.requires_grad = not freeze
    return nn.Sequential(base, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(24, num_classes))


def train(model, x, y, epochs, seed):
    if epochs < 0 or x.shape[0] != y.shape[0]:
        raise ValueError("epochs or labels")
    base, head = model[0].eval(), model[3]
    frozen = not next(base.parameters()).requires_grad
    with torch.no_grad():
        features = model[:3](x)
    generator = torch.Generator().manual_seed(seed)
    head_group = {"params": head.parameters(), "lr": 0.05}
    groups = [head_group] if frozen else [head_group, {"params": base.parameters(), "lr": 0.005}]
    optimizer = torch.optim.SGD(groups, momentum=0.9)
    for _ in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        for start in range(0, len(x), 10):
            rows = order[start : start + 10]
            scores = head(features[rows]) if frozen else model(x[rows])
            optimizer.zero_grad()
            nn.functional.cross_entropy(scores, y[rows]).backward()
            optimizer.step()
    return model


def predict(model, x):
    model.eval()
    with torch.no_grad():
        return torch.softmax(model(x), dim=1).numpy()


def evaluate(model, x, y):
    if len(x) < 1 or len(x) != len(y):
        raise ValueError("images or labels")
    return float((predict(model, x).argmax(1) == y.numpy()).mean())
