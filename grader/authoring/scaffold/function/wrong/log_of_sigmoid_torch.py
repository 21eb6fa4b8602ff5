# /// wrong
# framework = "torch"
# loses = ["test_large_products"]
# diagnosis = "the logarithm is taken of a sigmoid that has become 0"
# diagnosis_zh = "对已下溢为 0 的 sigmoid 取对数"
# ///

import torch


def negative_sampling_loss(center, context, negatives):
    if center.ndim != 2 or center.shape != context.shape or negatives.ndim != 3:
        raise ValueError("center and context are [B, D]")
    if negatives.shape[0] != center.shape[0] or negatives.shape[2] != center.shape[1]:
        raise ValueError("negatives are [B, K, D]")
    positive = (center * context).sum(dim=1)
    negative = (center.unsqueeze(1) * negatives).sum(dim=2)
    return (-torch.log(torch.sigmoid(positive)) - torch.log(torch.sigmoid(-negative)).sum(dim=1)).mean()


def sample_negatives(counts, size, seed):
    if size < 1 or counts.min() < 0 or counts.sum() == 0:
        raise ValueError("bad counts or size")
    generator = torch.Generator()
    generator.manual_seed(seed)
    return torch.multinomial(counts.float().pow(0.75), size, replacement=True, generator=generator)
