# /// wrong
# framework = "numpy"
# loses = ["test_bad_arguments"]
# diagnosis = "arguments are not checked, and shapes are broadcast"
# diagnosis_zh = "不检查参数，形状被广播"
# ///

import numpy as np


def negative_sampling_loss(center, context, negatives):
    positive = (center * context).sum(axis=1)
    negative = (center[:, None] * negatives).sum(axis=2)
    return (np.logaddexp(0, -positive) + np.logaddexp(0, negative).sum(axis=1)).mean()


def sample_negatives(counts, size, seed):
    p = counts**0.75
    return np.random.default_rng(seed).choice(len(p), size=size, p=p / p.sum())
