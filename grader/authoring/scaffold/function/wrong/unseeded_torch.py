# /// wrong
# framework = "torch"
# loses = ["test_seed"]
# diagnosis = "the seed is ignored"
# diagnosis_zh = "忽略种子"
# ///

import torch
import torch.nn.functional as F


def negative_sampling_loss(center, context, negatives):
    if center.ndim != 2 or center.shape != context.shape or negatives.ndim != 3:
        raise ValueError("center and context are [B, D]")
    if negatives.shape[0] != center.shape[0] or negatives.shape[2] != center.shape[1]:
        raise ValueError("negatives are [B, K, D]")
    positive = (center * context).sum(dim=1)
    negative = (center.unsqueeze(1) * negatives).sum(dim=2)
    return (F.softplus(-positive) + F.softplus(negative).sum(dim=1)).mean()


def sample_negatives(counts, size, seed):
    if size < 1 or counts.min() < 0 or counts.sum() == 0:
        raise ValueError("bad counts or size")
    return torch.multinomial(counts.float().pow(0.75), size, replacement=True)
