# /// wrong
# framework = "torch"
# loses = ["test_gradients"]
# also = []
# diagnosis = "the loss is a bare number, through which no gradient flows"
# diagnosis_zh = "损失只是一个数，梯度无法通过"
# ///

import torch
import torch.nn.functional as F


def mask_tokens(ids, mask_id, vocab_size, special_ids, probability=0.15, seed=0):
    if not 0 <= probability <= 1:
        raise ValueError("probability must lie in [0, 1]")
    generator = torch.Generator().manual_seed(seed)
    special = torch.isin(ids, torch.tensor(special_ids, dtype=torch.long))
    chosen = (torch.rand(ids.shape, generator=generator) < probability) & ~special
    labels = ids.masked_fill(~chosen, -100)
    fate = torch.rand(ids.shape, generator=generator)
    words = torch.randint(vocab_size, ids.shape, generator=generator)
    inputs = torch.where(chosen & (fate < 0.8), mask_id, ids)
    inputs = torch.where(chosen & (fate >= 0.8) & (fate < 0.9), words, inputs)
    return inputs, labels


def mlm_loss(logits, labels):
    if logits.shape[:-1] != labels.shape:
        raise ValueError("labels must have the shape of the logits without the vocabulary")
    if (labels == -100).all():
        return logits.sum() * 0.0
    return F.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=-100).item()
