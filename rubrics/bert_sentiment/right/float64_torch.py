# /// right
# framework = "torch"
# style = "float64, [CLS] by hand, the logarithm of a softmax for two classes, batches by slices"
# ///

import torch
from torch import nn
from transformers import BertConfig, BertModel

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")


class Classifier(nn.Module):
    def __init__(self, vocab):
        super().__init__()
        config = BertConfig(vocab_size=len(vocab), hidden_size=32, num_hidden_layers=2, num_attention_heads=2)
        config.intermediate_size = 48
        config.max_position_embeddings = 64
        config.initializer_range = 0.1
        config.hidden_dropout_prob = config.attention_probs_dropout_prob = 0.0
        self.encoder = BertModel(config)
        self.inner, self.outer = nn.Linear(32, 32), nn.Linear(32, 2)
        self.double()

    def forward(self, ids, mask):
        first = self.encoder(ids, attention_mask=mask).last_hidden_state[:, 0]
        return torch.log_softmax(self.outer(torch.tanh(self.inner(first))), dim=1)


def encode(texts, vocab, max_len):
    if any(token not in vocab for token in SPECIAL) or max_len < 2:
        raise ValueError("special tokens or max_len")
    pad, unk, cls, sep = map(vocab.__getitem__, SPECIAL)
    rows = [[cls, *(vocab.get(w, unk) for w in t.lower().split())][: max_len - 1] + [sep] for t in texts]
    ids = torch.tensor([row + [pad] * (max_len - len(row)) for row in rows], dtype=torch.int64).view(-1, max_len)
    lengths = torch.tensor([len(row) for row in rows], dtype=torch.int64)
    return ids, torch.arange(max_len).expand(len(rows), -1) < lengths.unsqueeze(1)


def train(texts, labels, vocab, seed):
    if len(texts) < 1 or len(texts) != labels.numel() or ((labels != 0) & (labels != 1)).any():
        raise ValueError("labels")
    torch.manual_seed(seed)
    model = Classifier(vocab)
    optimizer = torch.optim.NAdam(model.parameters(), lr=1e-3)
    ids, mask = encode(texts, vocab, 24)
    for _ in range(15):
        order = torch.randperm(len(texts))
        for start in range(0, len(texts), 16):
            rows = order[start : start + 16]
            loss = -model(ids[rows], mask[rows]).gather(1, labels[rows, None]).mean()
            model.zero_grad()
            loss.backward()
            optimizer.step()
    return model


def predict_sentiment(model, texts, vocab):
    if len(texts) == 0:
        return []
    with torch.no_grad():
        negative, positive = model(*encode(texts, vocab, 64)).unbind(dim=1)
    return ["positive" if up else "negative" for up in positive > negative]
