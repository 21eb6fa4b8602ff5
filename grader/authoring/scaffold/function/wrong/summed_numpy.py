# /// wrong
# framework = "numpy"
# loses = ["test_matches_reference", "test_float64"]
# also = ["test_large_products", "test_bad_arguments"]
# diagnosis = "the loss is summed over the batch in place of averaged"
# diagnosis_zh = "损失在批次上求和而不是平均"
# ///

import numpy as np


def negative_sampling_loss(center, context, negatives):
    if center.ndim != 2 or center.shape != context.shape or negatives.ndim != 3:
        raise ValueError("center and context are [B, D]")
    if negatives.shape[0] != center.shape[0] or negatives.shape[2] != center.shape[1]:
        raise ValueError("negatives are [B, K, D]")
    positive = (center * context).sum(axis=1)
    negative = (center[:, None] * negatives).sum(axis=2)
    return (np.logaddexp(0, -positive) + np.logaddexp(0, negative).sum(axis=1)).sum()


def sample_negatives(counts, size, seed):
    if size < 1 or counts.min() < 0 or counts.sum() == 0:
        raise ValueError("bad counts or size")
    p = counts**0.75
    return np.random.default_rng(seed).choice(len(p), size=size, p=p / p.sum())
