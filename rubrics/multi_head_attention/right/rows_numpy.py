# /// right
# framework = "numpy"
# style = "one query and one head at a time, in float64 inside"
# ///

import numpy as np


def scaled_dot_product_attention(q, k, v, mask=None):
    if q.shape[-1] != k.shape[-1] or k.shape[-2] != v.shape[-2]:
        raise ValueError("shapes do not fit")
    lead = np.broadcast_shapes(q.shape[:-2], k.shape[:-2], v.shape[:-2])
    shape = (*lead, q.shape[-2], k.shape[-2])
    keep = np.ones(shape, dtype=bool)
    if mask is not None:
        if np.broadcast_shapes(mask.shape, shape) != shape:
            raise ValueError("the mask is larger than the scores")
        keep = np.broadcast_to(mask, shape)
    q, k, v = (np.broadcast_to(x, lead + x.shape[-2:]) for x in (q, k, v))
    dtype = np.result_type(q, k, v)
    output, weights = np.zeros((*lead, q.shape[-2], v.shape[-1]), dtype), np.zeros(shape, dtype)
    for place in np.ndindex(shape[:-1]):
        seen = np.flatnonzero(keep[place])
        if len(seen) == 0:
            continue
        batch = place[:-1]
        scores = k[batch][seen].astype(np.float64) @ q[place].astype(np.float64) / np.sqrt(q.shape[-1])
        row = np.exp(scores - scores.max())
        row /= row.sum()
        weights[(*place, seen)] = row
        output[place] = row @ v[batch][seen]
    return output, weights


def multi_head_attention(query, key, value, params, num_heads, mask=None):
    width = query.shape[-1]
    if num_heads < 1 or width % num_heads:
        raise ValueError("num_heads does not divide the width")
    q = query @ params["wq"] + params["bq"]
    k = key @ params["wk"] + params["bk"]
    v = value @ params["wv"] + params["bv"]
    if mask is not None:
        mask = np.broadcast_to(mask, (len(query), num_heads, query.shape[1], key.shape[1]))
    heads = []
    for head, columns in enumerate(np.split(np.arange(width), num_heads)):
        own = None if mask is None else mask[:, head]
        heads.append(scaled_dot_product_attention(q[..., columns], k[..., columns], v[..., columns], own)[0])
    return np.concatenate(heads, -1) @ params["wo"] + params["bo"]
