# /// wrong
# framework = "torch"
# loses = ["test_eighty_ten_ten"]
# also = ["test_independence"]
# diagnosis = "a tenth, not a half, of the unmasked chosen tokens become random: 80/2/18"
# diagnosis_zh = "未遮盖的选中词元只有十分之一（而非一半）换成随机词元：80/2/18"
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
    masked = chosen & (torch.rand(ids.shape, generator=generator) < 0.8)
    replaced = chosen & ~masked & (torch.rand(ids.shape, generator=generator) < 0.1)
    words = torch.randint(vocab_size, ids.shape, generator=generator)
    inputs = torch.where(masked, mask_id, ids)
    inputs = torch.where(replaced, words, inputs)
    return inputs, labels


def mlm_loss(logits, labels):
    if logits.shape[:-1] != labels.shape:
        raise ValueError("labels must have the shape of the logits without the vocabulary")
    if (labels == -100).all():
        return logits.sum() * 0.0
    return F.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=-100)
