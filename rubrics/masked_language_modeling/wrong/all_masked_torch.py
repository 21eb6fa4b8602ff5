# /// wrong
# framework = "torch"
# loses = ["test_eighty_ten_ten", "test_random_tokens"]
# also = ["test_independence"]
# diagnosis = "every chosen token is masked: 100/0/0"
# diagnosis_zh = "选中的词元全部被遮盖：100/0/0"
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
    return torch.where(chosen, mask_id, ids), labels


def mlm_loss(logits, labels):
    if logits.shape[:-1] != labels.shape:
        raise ValueError("labels must have the shape of the logits without the vocabulary")
    if (labels == -100).all():
        return logits.sum() * 0.0
    return F.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=-100)
