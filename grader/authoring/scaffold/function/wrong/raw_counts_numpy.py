# /// wrong
# framework = "numpy"
# loses = ["test_frequencies"]
# diagnosis = "ids are drawn in proportion to the counts, without the power of 0.75"
# diagnosis_zh = "按计数本身抽样，没有取 0.75 次方"
# ///

import numpy as np


def negative_sampling_loss(center, context, negatives):
    if center.ndim != 2 or center.shape != context.shape or negatives.ndim != 3:
        raise ValueError("center and context are [B, D]")
    if negatives.shape[0] != center.shape[0] or negatives.shape[2] != center.shape[1]:
        raise ValueError("negatives are [B, K, D]")
    positive = (center * context).sum(axis=1)
    negative = (center[:, None] * negatives).sum(axis=2)
    return (np.logaddexp(0, -positive) + np.logaddexp(0, negative).sum(axis=1)).mean()


def sample_negatives(counts, size, seed):
    if size < 1 or counts.min() < 0 or counts.sum() == 0:
        raise ValueError("bad counts or size")
    p = counts
    return np.random.default_rng(seed).choice(len(p), size=size, p=p / p.sum())
