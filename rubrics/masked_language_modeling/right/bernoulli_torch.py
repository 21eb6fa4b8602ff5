# /// right
# framework = "torch"
# style = "Bernoulli draws one after another, as in BERT's own collator; the framework's cross entropy"
# ///

import torch
import torch.nn.functional as F


def mask_tokens(ids, mask_id, vocab_size, special_ids, probability=0.15, seed=0):
    if not 0.0 <= probability <= 1.0:
        raise ValueError("probability")
    gen = torch.Generator().manual_seed(seed + 1000)
    inputs, labels = ids.clone(), ids.clone()
    rates = torch.full(ids.shape, float(probability))
    for special in special_ids:
        rates[ids == special] = 0.0
    chosen = torch.bernoulli(rates, generator=gen).bool()
    labels[~chosen] = -100
    masked = chosen & torch.bernoulli(torch.full(ids.shape, 0.8), generator=gen).bool()
    inputs[masked] = mask_id
    swapped = chosen & ~masked & torch.bernoulli(torch.full(ids.shape, 0.5), generator=gen).bool()
    words = torch.randint(vocab_size, ids.shape, generator=gen)
    inputs[swapped] = words[swapped]
    return inputs, labels


def mlm_loss(logits, labels):
    if tuple(labels.shape) != tuple(logits.shape[:-1]):
        raise ValueError("labels")
    total = F.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=-100, reduction="sum")
    return total / max(1, int((labels != -100).sum()))
