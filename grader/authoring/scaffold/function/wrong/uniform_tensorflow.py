# /// wrong
# framework = "tensorflow"
# loses = ["test_frequencies"]
# diagnosis = "every id is drawn equally often"
# diagnosis_zh = "所有 id 等概率抽取"
# ///

import numpy as np
import tensorflow as tf


def negative_sampling_loss(center, context, negatives):
    if center.shape.rank != 2 or center.shape != context.shape or negatives.shape.rank != 3:
        raise ValueError("center and context are [B, D]")
    if negatives.shape[0] != center.shape[0] or negatives.shape[2] != center.shape[1]:
        raise ValueError("negatives are [B, K, D]")
    positive = tf.reduce_sum(center * context, axis=1)
    negative = tf.reduce_sum(center[:, None] * negatives, axis=2)
    return tf.reduce_mean(tf.nn.softplus(-positive) + tf.reduce_sum(tf.nn.softplus(negative), axis=1))


def sample_negatives(counts, size, seed):
    if size < 1 or min(counts) < 0 or max(counts) == 0:
        raise ValueError("bad counts or size")
    return tf.constant(np.random.default_rng(seed).integers(len(counts), size=size))
