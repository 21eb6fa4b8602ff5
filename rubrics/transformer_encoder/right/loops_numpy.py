# /// right
# framework = "numpy"
# style = "text by text and head by head in a class, with einsum; statistics from moments, in float64"
# ///

import numpy as np


def layer_norm(x, gamma, beta, eps=1e-5):
    wide = np.asarray(x, dtype=np.float64)
    mean, variance = np.mean(wide, axis=-1), np.var(wide, axis=-1)
    scaled = (wide - mean[..., np.newaxis]) * ((variance + eps) ** -0.5)[..., np.newaxis]
    return (scaled * gamma + beta).astype(x.dtype)


def feed_forward(x, params):
    hidden = np.einsum("...d,df->...f", x, params["w1"]) + params["b1"]
    hidden[hidden < 0] = 0
    return np.einsum("...f,fd->...d", hidden, params["w2"]) + params["b2"]


class SelfAttention:
    def __init__(self, params, num_heads):
        width = params["wq"].shape[0]
        if num_heads <= 0 or width % num_heads != 0:
            raise ValueError("num_heads")
        self.params, self.count, self.size = params, num_heads, width // num_heads

    def head(self, x, number, allowed):
        columns = slice(number * self.size, (number + 1) * self.size)
        q, k, v = (x @ self.params["w" + n][:, columns] + self.params["b" + n][columns] for n in "qkv")
        out = np.zeros_like(v)
        for t in range(len(x)):
            keys = np.flatnonzero(allowed[t])
            if keys.size:
                scores = k[keys] @ q[t] / self.size**0.5
                weights = np.exp(scores - scores.max())
                out[t] = weights @ v[keys] / weights.sum()
        return out

    def __call__(self, x, mask):
        batch, length, _ = x.shape
        shape = (batch, self.count, length, length)
        if mask is None:
            mask = np.bool_(True)
        try:
            allowed = np.broadcast_to(mask, shape)
        except ValueError:
            raise ValueError("the mask does not broadcast") from None
        texts = [
            np.concatenate([self.head(text, h, allowed[b, h]) for h in range(self.count)], axis=-1)
            for b, text in enumerate(x)
        ]
        return np.array(texts) @ self.params["wo"] + self.params["bo"]


def encoder_block(x, params, num_heads, mask=None, norm="post"):
    if norm not in {"post", "pre"}:
        raise ValueError("norm")
    attention = SelfAttention(params, num_heads)
    norms = [lambda y, n=n: layer_norm(y, params[f"gamma{n}"], params[f"beta{n}"]) for n in (1, 2)]
    for normalise, part in zip(norms, (lambda y: attention(y, mask), lambda y: feed_forward(y, params)), strict=True):
        x = normalise(x + part(x)) if norm == "post" else x + part(normalise(x))
    return x


def encoder(x, blocks, num_heads, mask=None):
    result = np.array(x)
    for block in blocks:
        result = encoder_block(result, block, num_heads, mask, norm="post")
    return result
