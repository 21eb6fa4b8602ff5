# /// wrong
# framework = "torch"
# loses = ["test_large_logits"]
# also = ["test_gradients"]
# diagnosis = "the logarithm of a softmax that has underflowed to 0"
# diagnosis_zh = "对已下溢为 0 的 softmax 取对数"
# ///

import torch


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
    chosen = labels != -100
    probs = logits[chosen].softmax(-1)
    return -torch.log(probs.gather(-1, labels[chosen][:, None])).mean()
