import torch
import torch.nn.functional as F


def mask_tokens(ids, mask_id, vocab_size, special_ids, probability=0.15, seed=0):
    torch.manual_seed(seed)
    labels = ids.clone()
    odds = torch.full(labels.shape, probability)
    for token in special_ids:
        odds[labels == token] = 0.0
    chosen = torch.bernoulli(odds).bool()
    labels[~chosen] = -100

    inputs = ids.clone()
    masked = torch.bernoulli(torch.full(labels.shape, 0.8)).bool() & chosen
    inputs[masked] = mask_id
    # half of the rest
    swapped = torch.bernoulli(torch.full(labels.shape, 0.5)).bool() & chosen & ~masked
    inputs[swapped] = torch.randint(vocab_size, labels.shape)[swapped]
    return inputs, labels


def loss(logits, labels):
    return F.cross_entropy(logits.flatten(0, 1), labels.flatten())
