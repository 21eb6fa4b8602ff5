# /// wrong
# framework = "numpy"
# loses = ["test_arguments_untouched"]
# also = []
# diagnosis = "the padding of the caller's hidden vectors is overwritten"
# diagnosis_zh = "改写了调用者的隐藏向量中的填充"
# ///

import numpy as np


def embed(token_ids, segment_ids, params):
    """[B, T] ids of tokens and segments -> [B, T, D]: the layer norm of token + position + segment.

    Raises ValueError where shapes differ, an id is not in its table, or the text is longer than the position table.
    """
    if token_ids.shape != segment_ids.shape:
        raise ValueError("token ids and segment ids must have one shape")
    length = token_ids.shape[1]
    if length > len(params["position"]):
        raise ValueError(f"there are {len(params['position'])} positions, too few for {length} tokens")
    for ids, table in ((token_ids, params["token"]), (segment_ids, params["segment"])):
        if (ids < 0).any() or (ids >= len(table)).any():
            raise ValueError(f"an id is not among the {len(table)} of its table")
    x = params["token"][token_ids] + params["position"][:length] + params["segment"][segment_ids]
    centred = x - x.mean(axis=-1, keepdims=True)
    variance = np.square(centred).mean(axis=-1, keepdims=True)
    return centred / np.sqrt(variance + 1e-12) * params["gamma"] + params["beta"]


def sentence_embedding(hidden, mask, pooling):
    """[B, T, D] and [B, T] -> [B, D]: the first vector, or the mean or maximum of those of real tokens.

    Mean and maximum over no token are zeros. Raises ValueError for another mask and for an unknown pooling.
    """
    if mask.shape != hidden.shape[:2]:
        raise ValueError(f"the mask must be {hidden.shape[:2]}, got {mask.shape}")
    if pooling == "cls":
        return hidden[:, 0]
    hidden[~mask] = 0
    mask = mask[..., None]
    if pooling == "mean":
        return np.where(mask, hidden, 0).sum(axis=1) / np.maximum(mask.sum(axis=1), 1).astype(hidden.dtype)
    if pooling == "max":
        return np.where(mask.any(axis=1), np.where(mask, hidden, -np.inf).max(axis=1), 0).astype(hidden.dtype)
    raise ValueError(f"pooling must be cls, mean or max, got {pooling!r}")
