import numpy as np


def masked_softmax(scores, visible):
    """Softmax over the last axis among the visible entries; the others, and rows without any, are 0."""
    peak = np.max(scores, axis=-1, keepdims=True, where=visible, initial=-np.inf)
    peak[np.isneginf(peak)] = 0
    e = np.zeros_like(scores)
    np.exp(scores - peak, out=e, where=visible)
    total = e.sum(axis=-1, keepdims=True)
    return np.divide(e, total, out=e, where=total > 0)


def scaled_dot_product_attention(q, k, v, mask=None):
    if q.shape[-1] != k.shape[-1]:
        raise ValueError("q and k have different depths")
    if k.shape[-2] != v.shape[-2]:
        raise ValueError("k and v have different lengths")
    scores = np.einsum("...id,...jd->...ij", q, k) * q.shape[-1] ** -0.5
    visible = np.broadcast_to(True if mask is None else mask, scores.shape)  # ValueError where it does not fit
    weights = masked_softmax(scores, visible)
    return np.einsum("...ij,...jd->...id", weights, v), weights


def multi_head_attention(query, key, value, params, num_heads, mask=None):
    d_model = query.shape[-1]
    if num_heads < 1 or d_model % num_heads != 0:
        raise ValueError("num_heads must divide d_model")

    def project(x, name):
        return np.einsum("btd,de->bte", x, params["w" + name]) + params["b" + name]

    q, k, v = project(query, "q"), project(key, "k"), project(value, "v")
    if mask is not None:
        mask = np.broadcast_to(mask, (q.shape[0], num_heads, q.shape[1], k.shape[1]))

    size = d_model // num_heads
    context = np.empty_like(q)
    for h in range(num_heads):
        columns = slice(h * size, (h + 1) * size)
        context[..., columns], _ = scaled_dot_product_attention(
            q[..., columns], k[..., columns], v[..., columns], None if mask is None else mask[:, h]
        )
    return project(context, "o")
