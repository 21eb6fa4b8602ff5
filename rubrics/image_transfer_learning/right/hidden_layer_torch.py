# /// right
# framework = "torch"
# style = "a subclass with a hidden layer and dropout, DataLoader, base in eval mode at every call while frozen"
# ///

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Net(nn.Module):
    def __init__(self, base, num_classes, freeze):
        super().__init__()
        self.base, self.frozen = base, freeze
        self.base.requires_grad_(not freeze)
        self.hidden = nn.Linear(24, 32)
        self.drop = nn.Dropout(0.1)
        self.out = nn.Linear(32, num_classes)

    def forward(self, images):
        if self.frozen:
            self.base.eval()
        pooled = torch.einsum("nchw->nc", self.base(images)) / (images.shape[2] // 4 * (images.shape[3] // 4))
        return self.out(self.drop(torch.relu(self.hidden(pooled)))).log_softmax(-1)


def build_classifier(base, num_classes, freeze=True):
    if num_classes < 1:
        raise ValueError("num_classes must be at least 1")
    return Net(base, num_classes, freeze)


def train(model, x, y, epochs, seed):
    if epochs < 0 or len(y) != len(x):
        raise ValueError("bad arguments")
    torch.manual_seed(seed)
    optimizer = torch.optim.AdamW((p for p in model.parameters() if p.requires_grad), lr=0.01)
    model.train()
    for _ in range(epochs):
        for images, labels in DataLoader(TensorDataset(x, y), batch_size=16, shuffle=True):
            optimizer.zero_grad()
            nn.functional.nll_loss(model(images), labels).backward()
            optimizer.step()
    return model.eval()


def predict(model, x):
    model.eval()
    with torch.inference_mode():
        return model(x).exp().clone()


def evaluate(model, x, y):
    if len(x) == 0:
        raise ValueError("there are no images")
    if len(x) != len(y):
        raise ValueError("one label an image")
    right = sum(int(found.argmax() == label) for found, label in zip(predict(model, x), y))
    return right / len(y)
