# /// wrong
# framework = "numpy"
# loses = ["test_fully_masked_row"]
# also = ["test_multi_head_mask"]
# diagnosis = "masked scores are -inf, so that a fully masked row is NaN"
# diagnosis_zh = "被掩蔽的分数为 -inf，整行被掩蔽时得到 NaN"
# ///

import numpy as np


def scaled_dot_product_attention(q, k, v, mask=None):
    if q.shape[-1] != k.shape[-1] or k.shape[-2] != v.shape[-2]:
        raise ValueError("q, k and v do not fit together")
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1]).astype(q.dtype)
    if mask is not None:
        if any(m not in (1, n) for m, n in zip(reversed(mask.shape), reversed(scores.shape), strict=False)):
            raise ValueError("the mask does not fit")
        scores = np.where(mask, scores, -np.inf).astype(q.dtype)
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = e / e.sum(axis=-1, keepdims=True)
    return weights @ v, weights


def multi_head_attention(query, key, value, params, num_heads, mask=None):
    if num_heads < 1 or query.shape[-1] % num_heads != 0:
        raise ValueError("num_heads must divide the model's width")

    def heads(x, name):
        x = x @ params["w" + name] + params["b" + name]
        return x.reshape(*x.shape[:-1], num_heads, -1).swapaxes(-2, -3)

    output, _ = scaled_dot_product_attention(heads(query, "q"), heads(key, "k"), heads(value, "v"), mask)
    output = output.swapaxes(-2, -3)
    return output.reshape(*output.shape[:-2], -1) @ params["wo"] + params["bo"]
