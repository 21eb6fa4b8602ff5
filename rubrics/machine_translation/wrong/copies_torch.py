# /// wrong
# framework = "torch"
# loses = ["test_translates"]
# also = ["test_rows_stand_alone", "test_stops", "test_seed", "test_bad_arguments"]
# diagnosis = "the sentence itself is given as its translation"
# diagnosis_zh = "把原句当作译文"
# ///

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

PAD = 0
BATCH, LEARNING_RATE = 32, 3e-3


def cross_attention(
    x: Tensor, memory: Tensor, params: dict[str, Tensor], num_heads: int, memory_mask: Tensor | None = None
) -> Tensor:
    """Multi-head attention of x over memory, section 3.2.2.

    Args:
        x: what the decoder has [B, T, D]; queries come from it.
        memory: what the encoder gave [B, S, D]; keys and values come from it.
        params: wq, wk, wv, wo [D, D], applied as x @ w, and bq, bk, bv, bo [D].
        num_heads: a divisor of D.
        memory_mask: boolean, broadcastable to [B, num_heads, T, S]; True where a query may attend to a place.

    Returns:
        [B, T, D]; where a query may attend to nothing, bo.

    Raises:
        ValueError: where num_heads does not divide D, or shapes do not fit.
    """
    batch, places, width = x.shape[0], memory.shape[1], x.shape[2]
    if num_heads < 1 or width % num_heads:
        raise ValueError(f"{num_heads} heads do not divide a model of width {width}")
    if memory.shape != (batch, places, width):
        raise ValueError(f"x {tuple(x.shape)} and memory {tuple(memory.shape)} do not fit together")

    def heads(y: Tensor) -> Tensor:  # [B, n, D] -> [B, H, n, D / H]
        return y.reshape(batch, -1, num_heads, width // num_heads).transpose(1, 2)

    p = params
    q, k, v = heads(x @ p["wq"] + p["bq"]), heads(memory @ p["wk"] + p["bk"]), heads(memory @ p["wv"] + p["bv"])
    scores = q @ k.transpose(-1, -2) / math.sqrt(width // num_heads)  # [B, H, T, S]
    if memory_mask is None:
        weights = scores.softmax(dim=-1)
    else:
        # the lowest finite number, not -inf: a row without a place then gives no NaN, nor does its gradient
        lowest = torch.finfo(scores.dtype).min
        weights = scores.masked_fill(~memory_mask, lowest).softmax(dim=-1) * memory_mask
    return (weights @ v).transpose(1, 2).reshape(x.shape) @ p["wo"] + p["bo"]


def build_translator(src_vocab: int, tgt_vocab: int, d_model: int, num_heads: int, max_len: int) -> nn.Module:
    """Raises ValueError for a size below 1, and unless num_heads divides d_model."""
    if min(src_vocab, tgt_vocab, d_model, num_heads, max_len) < 1 or d_model % num_heads:
        raise ValueError("sizes must be at least 1, and num_heads must divide d_model")
    return Translator(src_vocab, tgt_vocab, d_model, num_heads, max_len)


def train(model: nn.Module, src: Tensor, tgt: Tensor, epochs: int, seed: int) -> nn.Module:
    """Minimise the cross entropy of each token of tgt [N, T] but the first, given those before it and src [N, S].

    Raises ValueError for negative epochs, for another number of rows in tgt than in src, for S or T above max_len, and
    for T below 2.
    """
    model.check(src, tgt)
    if epochs < 0 or len(src) != len(tgt) or tgt.shape[1] < 2:
        raise ValueError("expected epochs of at least 0, as many targets as sources, and two tokens in each")
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), LEARNING_RATE)
    for _ in range(epochs):
        for rows in torch.randperm(len(src), generator=generator).split(BATCH):
            logits = model(src[rows], tgt[rows, :-1])
            loss = F.cross_entropy(logits.flatten(0, 1), tgt[rows, 1:].flatten(), ignore_index=PAD)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return model


@torch.no_grad()
def translate(model: nn.Module, src: Tensor, bos_id: int, eos_id: int, max_len: int) -> list[list[int]]:
    """The likeliest next token, again and again, until eos_id or max_len tokens: ids without bos_id, a list a row.

    Raises ValueError for max_len below 1 or above the model's, and where src [N, S] is wider than that.
    """
    model.check(src)
    if not 1 <= max_len <= model.max_len:
        raise ValueError(f"max_len {max_len} is not in 1 to {model.max_len}")
    return [[*row[row > PAD].tolist(), eos_id][:max_len] for row in src]


class Translator(nn.Module):
    """Embeddings of tokens and places, one block of the encoder, one of the decoder, and a linear layer."""

    def __init__(self, src_vocab: int, tgt_vocab: int, d_model: int, num_heads: int, max_len: int) -> None:
        super().__init__()
        self.max_len = max_len
        self.src_tokens, self.tgt_tokens = nn.Embedding(src_vocab, d_model), nn.Embedding(tgt_vocab, d_model)
        self.src_places, self.tgt_places = nn.Embedding(max_len, d_model), nn.Embedding(max_len, d_model)
        self.look_around = Attention(d_model, num_heads)
        self.src_feed_forward = feed_forward(d_model)
        self.memory_norm = nn.LayerNorm(d_model)
        self.look_back = Attention(d_model, num_heads)
        self.look_over = Attention(d_model, num_heads)
        self.tgt_feed_forward = feed_forward(d_model)
        self.output = nn.Sequential(nn.LayerNorm(d_model), nn.Linear(d_model, tgt_vocab))

    def forward(self, src: Tensor, tgt: Tensor) -> Tensor:
        """src [B, S] and the first tokens of its translation, tgt [B, T] -> logits of the next token [B, T, V]"""
        return self.decode(tgt, *self.encode(src))

    def encode(self, src: Tensor) -> tuple[Tensor, Tensor]:
        """src [B, S] -> memory [B, S, D], and where it may be looked at [B, 1, 1, S]"""
        seen = (src != PAD)[:, None, None]
        x = self.src_tokens(src) + self.src_places.weight[: src.shape[1]]
        x = x + self.look_around(x, None, seen)
        return self.memory_norm(x + self.src_feed_forward(x)), seen

    def decode(self, tgt: Tensor, memory: Tensor, seen: Tensor) -> Tensor:
        length = tgt.shape[1]
        earlier = torch.ones(length, length, dtype=torch.bool).tril()
        x = self.tgt_tokens(tgt) + self.tgt_places.weight[:length]
        x = x + self.look_back(x, None, earlier)
        x = x + self.look_over(x, memory, seen)
        return self.output(x + self.tgt_feed_forward(x))

    def check(self, *ids: Tensor) -> None:
        if any(x.shape[1] > self.max_len for x in ids):
            raise ValueError(f"a row has more than {self.max_len} tokens")


class Attention(nn.Module):
    """A layer norm, and attention over memory, or over the normed input itself where there is none."""

    def __init__(self, d_model: int, num_heads: int) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.norm = nn.LayerNorm(d_model)
        self.params = nn.ParameterDict()
        for name in "qkvo":
            self.params[f"w{name}"] = nn.init.xavier_uniform_(torch.empty(d_model, d_model))
            self.params[f"b{name}"] = torch.zeros(d_model)

    def forward(self, x: Tensor, memory: Tensor | None, mask: Tensor) -> Tensor:
        x = self.norm(x)
        return cross_attention(x, x if memory is None else memory, self.params, self.num_heads, mask)


def feed_forward(d_model: int) -> nn.Module:
    return nn.Sequential(
        nn.LayerNorm(d_model), nn.Linear(d_model, 4 * d_model), nn.ReLU(), nn.Linear(4 * d_model, d_model)
    )
