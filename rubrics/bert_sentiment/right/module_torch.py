# /// right
# framework = "torch"
# style = "a module of its own on BertModel with mean pooling and one logit, lists before tensors"
# ///

import torch
from torch import nn
from transformers import BertConfig, BertModel


class Sentiment(nn.Module):
    def __init__(self, words, pad):
        super().__init__()
        config = BertConfig(
            vocab_size=words,
            hidden_size=24,
            num_hidden_layers=2,
            num_attention_heads=3,
            intermediate_size=96,
            max_position_embeddings=40,
            hidden_act="relu",
            hidden_dropout_prob=0,
            attention_probs_dropout_prob=0,
            initializer_range=0.12,
            pad_token_id=pad,
        )
        self.bert = BertModel(config, add_pooling_layer=False)
        self.score = nn.Linear(24, 1)

    def forward(self, ids, mask):
        hidden = self.bert(input_ids=ids, attention_mask=mask.long()).last_hidden_state
        weights = mask[..., None].float()
        return self.score((hidden * weights).sum(1) / weights.sum(1)).squeeze(-1)


def encode(texts, vocab, max_len):
    for token in ("[PAD]", "[UNK]", "[CLS]", "[SEP]"):
        if token not in vocab:
            raise ValueError(f"{token} is missing")
    if max_len < 2:
        raise ValueError("no room for [CLS] and [SEP]")
    ids, mask = [], []
    for text in texts:
        row = [vocab["[CLS]"]]
        for word in text.lower().split():
            if len(row) == max_len - 1:
                break
            row.append(vocab.get(word, vocab["[UNK]"]))
        row.append(vocab["[SEP]"])
        mask.append([True] * len(row) + [False] * (max_len - len(row)))
        ids.append(row + [vocab["[PAD]"]] * (max_len - len(row)))
    return torch.tensor(ids).reshape(len(ids), max_len), torch.tensor(mask).reshape(len(mask), max_len)


def train(texts, labels, vocab, seed):
    if len(texts) == 0 or len(labels) != len(texts):
        raise ValueError("a label a text, and at least one text")
    if any(label not in (0, 1) for label in labels.tolist()):
        raise ValueError("labels are 0 or 1")
    torch.manual_seed(seed)
    model = Sentiment(len(vocab), vocab["[PAD]"])
    ids, mask = encode(texts, vocab, 24)
    data = torch.utils.data.TensorDataset(ids, mask, labels.float())
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0)
    model.train()
    for _ in range(16):
        for x, m, y in torch.utils.data.DataLoader(data, batch_size=16, shuffle=True):
            optimizer.zero_grad()
            nn.functional.binary_cross_entropy_with_logits(model(x, m), y).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 2.0)
            optimizer.step()
    return model.eval()


def predict_sentiment(model, texts, vocab):
    model.eval()
    words = []
    with torch.no_grad():
        for text in texts:
            words.append("positive" if model(*encode([text], vocab, 24)).item() > 0 else "negative")
    return words
