# /// right
# framework = "torch"
# style = "a bidirectional GRU over packed sequences, a DataLoader, a copy that is returned"
# ///

import copy

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence
from torch.utils.data import DataLoader, TensorDataset


class Recurrent(nn.Module):
    def __init__(self, vocab_size, max_len, num_classes):
        super().__init__()
        self.max_len = max_len
        self.embedding = nn.Embedding(vocab_size, 24, padding_idx=0)
        self.gru = nn.GRU(24, 24, batch_first=True, bidirectional=True)
        self.dropout = nn.Dropout(0.1)
        self.linear = nn.Linear(48, num_classes)

    def forward(self, ids):
        lengths = (ids != 0).sum(1).clamp(min=1)
        packed = pack_padded_sequence(self.embedding(ids), lengths, batch_first=True, enforce_sorted=False)
        _, last = self.gru(packed)
        return self.linear(self.dropout(torch.cat([last[0], last[1]], dim=1)))


def build_classifier(vocab_size, max_len, num_classes):
    if vocab_size < 1 or max_len < 1 or num_classes < 1:
        raise ValueError("sizes must be positive")
    return Recurrent(vocab_size, max_len, num_classes)


def train(model, ids, labels, epochs, seed):
    if epochs < 0 or ids.shape[0] != labels.shape[0] or ids.shape[1] > model.max_len:
        raise ValueError("bad epochs, labels or length")
    model = copy.deepcopy(model).train()
    generator = torch.Generator().manual_seed(seed)
    loader = DataLoader(TensorDataset(ids, labels), batch_size=25, shuffle=True, generator=generator)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    torch.manual_seed(seed)
    for _ in range(epochs):
        for x, y in loader:
            optimizer.zero_grad()
            nn.CrossEntropyLoss()(model(x), y).backward()
            optimizer.step()
    return model.eval()


def predict(model, ids):
    if ids.shape[1] > model.max_len:
        raise ValueError("texts are too long")
    model.eval()
    with torch.no_grad():
        return torch.softmax(model(ids), 1).numpy()
