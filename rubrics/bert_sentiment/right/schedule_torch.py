# /// right
# framework = "torch"
# style = "BertForSequenceClassification with one class more, warm-up and decay, texts in chunks, a tuple returned"
# ///

import numpy as np
import torch
from transformers import BertConfig, BertForSequenceClassification, get_linear_schedule_with_warmup

LENGTH = 30


def encode(texts, vocab, max_len):
    if max_len <= 1:
        raise ValueError("max_len must be at least 2")
    try:
        pad, unk, cls, sep = (vocab[f"[{name}]"] for name in ("PAD", "UNK", "CLS", "SEP"))
    except KeyError as error:
        raise ValueError(f"the vocabulary lacks {error}") from None
    ids = np.full((len(texts), max_len), pad, dtype=np.int64)
    lengths = []
    for i, text in enumerate(texts):
        words = [vocab.get(w, unk) for w in str.lower(text).split()][: max_len - 2]
        ids[i, 0], ids[i, 1 : len(words) + 1], ids[i, len(words) + 1] = cls, words, sep
        lengths.append(len(words) + 2)
    return ids, np.arange(max_len) < np.array(lengths, dtype=int).reshape(-1, 1)


def train(texts, labels, vocab, seed):
    values = set(labels.tolist())
    if not texts or labels.shape != (len(texts),) or not values <= {0, 1}:
        raise ValueError("bad labels")
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(vocab) + 3,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=LENGTH,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        initializer_range=0.1,
        num_labels=2,
    )
    model = BertForSequenceClassification(config)
    ids, mask = map(torch.from_numpy, encode(texts, vocab, LENGTH))
    batches = -(-len(texts) // 16)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
    schedule = get_linear_schedule_with_warmup(optimizer, batches, 18 * batches)
    for _ in range(18):
        for rows in torch.chunk(torch.randperm(len(texts)), batches):
            longest = mask[rows].sum(1).max()
            out = model(input_ids=ids[rows, :longest], attention_mask=mask[rows, :longest], labels=labels[rows])
            out.loss.backward()
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
    return model


def predict_sentiment(model, texts, vocab):
    model.eval()
    out = []
    with torch.inference_mode():
        for start in range(0, len(texts), 50):
            ids, mask = map(torch.from_numpy, encode(texts[start : start + 50], vocab, LENGTH))
            logits = model(input_ids=ids, attention_mask=mask).logits
            out += [("negative", "positive")[int(label)] for label in logits.argmax(1)]
    return tuple(out)
