# /// wrong
# framework = "torch"
# loses = ["test_accuracy", "test_negation"]
# also = ["test_unusual_texts", "test_stands_alone", "test_empty"]
# diagnosis = "training ends after one epoch, before the negation is learnt"
# diagnosis_zh = "只训练一轮，还没有学会否定"
# ///

import torch
from torch import Tensor
from transformers import BertConfig, BertForSequenceClassification

LONGEST = 32  # tokens
BATCH, EPOCHS, LEARNING_RATE = 16, 15, 1e-3


def encode(texts: list[str], vocab: dict[str, int], max_len: int) -> tuple[Tensor, Tensor]:
    """N texts -> ids [N, max_len], int64, and mask [N, max_len], True at real tokens.

    [CLS], the words, [SEP], then [PAD]; a word that is not in the vocabulary is [UNK]. Raises ValueError where max_len
    is below 2, and where the vocabulary lacks one of the four.
    """
    if max_len < 2 or not {"[PAD]", "[UNK]", "[CLS]", "[SEP]"} <= vocab.keys():
        raise ValueError("expected a max_len of at least 2, and the special tokens in the vocabulary")
    ids = torch.full((len(texts), max_len), vocab["[PAD]"])
    mask = torch.zeros(len(texts), max_len, dtype=torch.bool)
    for row, text in enumerate(texts):
        words = ["[CLS]", *text.lower().split()[: max_len - 2], "[SEP]"]
        ids[row, : len(words)] = torch.tensor([vocab.get(word, vocab["[UNK]"]) for word in words])
        mask[row, : len(words)] = True
    return ids, mask


def train(texts: list[str], labels: Tensor, vocab: dict[str, int], seed: int) -> BertForSequenceClassification:
    """Fit a small BERT to labels [N], 1 positive and 0 negative.

    Raises ValueError unless there is one such label for each text, and a text at all.
    """
    if not texts or len(texts) != len(labels) or not torch.isin(labels, torch.tensor([0, 1])).all():
        raise ValueError("expected a label, 0 or 1, for each text")
    config = BertConfig(
        vocab_size=max(vocab.values()) + 1,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=LONGEST,
        pad_token_id=vocab["[PAD]"],
        num_labels=2,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        initializer_range=0.1,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = BertForSequenceClassification(config).train()
        ids, mask = encode(texts, vocab, LONGEST)
        optimizer = torch.optim.Adam(model.parameters(), LEARNING_RATE)
        for _ in range(1):
            for rows in torch.randperm(len(texts)).split(BATCH):
                length = int(mask[rows].sum(dim=1).max())
                loss = model(ids[rows, :length], mask[rows, :length], labels=labels[rows]).loss
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
    return model.eval()


@torch.no_grad()
def predict_sentiment(model: BertForSequenceClassification, texts: list[str], vocab: dict[str, int]) -> list[str]:
    """ "positive" or "negative" for each text."""
    if not texts:
        return []
    ids, mask = encode(texts, vocab, LONGEST)
    positive = model(ids, mask).logits.argmax(dim=-1)
    return ["positive" if label else "negative" for label in positive.tolist()]
