# /// right
# framework = "numpy"
# style = "one token and one text at a time, in float64, with Python's own arithmetic for the statistics"
# ///

import math

import numpy as np


def embed(token_ids, segment_ids, params):
    if np.shape(token_ids) != np.shape(segment_ids):
        raise ValueError("ids of different shape")
    batch, length = np.shape(token_ids)
    vocabulary, positions, segments = (params[name].shape[0] for name in ("token", "position", "segment"))
    if length > positions:
        raise ValueError("text too long")
    if not np.isin(segment_ids, range(segments)).all() or token_ids.min() < 0 or token_ids.max() >= vocabulary:
        raise ValueError("id out of range")
    token, position, segment, gamma, beta = (
        params[name].astype(np.float64) for name in ("token", "position", "segment", "gamma", "beta")
    )
    output = np.zeros((batch, length, len(gamma)))
    for b in range(batch):
        for t in range(length):
            x = token[token_ids[b, t]] + position[t] + segment[segment_ids[b, t]]
            mean = math.fsum(x) / len(x)
            output[b, t] = gamma * (x - mean) / math.sqrt(math.fsum((x - mean) ** 2) / len(x) + 1e-12) + beta
    return output.astype(params["token"].dtype)


def sentence_embedding(hidden, mask, pooling):
    if pooling not in ("cls", "mean", "max") or mask.shape != hidden.shape[:-1]:
        raise ValueError("bad pooling or mask")
    output = np.zeros((hidden.shape[0], hidden.shape[2]), hidden.dtype)
    for row, real, result in zip(hidden, mask, output, strict=True):
        if pooling == "cls":
            result[:] = row[0]
        elif real.any():
            result[:] = row[real].mean(axis=0) if pooling == "mean" else row[real].max(axis=0)
    return output
