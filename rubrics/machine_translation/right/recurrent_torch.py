# /// right
# framework = "torch"
# style = "a recurrent encoder and decoder with dot-product attention, row by row; attention in loops"
# ///

import math

import torch
from torch import nn


def cross_attention(x, memory, params, num_heads, memory_mask):
    batch, steps, width = x.shape
    if num_heads < 1 or width % num_heads:
        raise ValueError("heads do not divide the width")
    if memory.shape[0] != batch or memory.shape[2] != width:
        raise ValueError("memory does not fit x")
    size = width // num_heads
    if memory_mask is not None:
        memory_mask = memory_mask.expand(batch, num_heads, steps, memory.shape[1])
    results = []
    for b in range(batch):
        q = x[b] @ params["wq"] + params["bq"]
        k = memory[b] @ params["wk"] + params["bk"]
        v = memory[b] @ params["wv"] + params["bv"]
        heads = []
        for h in range(num_heads):
            columns = slice(h * size, (h + 1) * size)
            rows = []
            for t in range(steps):
                keep = slice(None) if memory_mask is None else memory_mask[b, h, t]
                scores = (k[keep, columns] @ q[t, columns]) / math.sqrt(size)
                rows.append(torch.softmax(scores, 0) @ v[keep, columns])
            heads.append(torch.stack(rows))
        results.append(torch.cat(heads, 1) @ params["wo"] + params["bo"])
    return torch.stack(results)


class Recurrent(nn.Module):
    def __init__(self, src_vocab, tgt_vocab, width, max_len):
        super().__init__()
        self.max_len = max_len
        self.source = nn.Embedding(src_vocab, width)
        self.target = nn.Embedding(tgt_vocab, width)
        self.forwards = nn.GRU(width, width, batch_first=True)
        self.backwards = nn.GRU(width, width, batch_first=True)
        self.decoder = nn.GRU(width, 2 * width, batch_first=True)
        self.out = nn.Linear(4 * width, tgt_vocab)

    def read(self, src):
        """States of every word, both ways, and the last one of each."""
        lengths = (src != 0).sum(1).clamp(min=1)
        index = torch.arange(src.shape[1])[None]
        turned = torch.where(index < lengths[:, None], lengths[:, None] - 1 - index, index)
        ahead, _ = self.forwards(self.source(src))
        back, _ = self.backwards(self.source(src.gather(1, turned)))
        last = (lengths - 1)[:, None, None].expand(-1, 1, ahead.shape[2])
        state = torch.cat([ahead.gather(1, last), back.gather(1, last)], 2).transpose(0, 1).contiguous()
        back = back.gather(1, turned[:, :, None].expand_as(back))
        return torch.cat([ahead, back], 2), state, src == 0

    def write(self, tgt, memory, state, hidden):
        states, state = self.decoder(self.target(tgt), state)
        scores = (states @ memory.mT).masked_fill(hidden[:, None], -1e9)
        return self.out(torch.cat([states, scores.softmax(-1) @ memory], 2)), state


def build_translator(src_vocab, tgt_vocab, d_model, num_heads, max_len):
    for size in (src_vocab, tgt_vocab, d_model, num_heads, max_len):
        if size < 1:
            raise ValueError("a size is below 1")
    if d_model % num_heads != 0:
        raise ValueError("d_model is no multiple of num_heads")
    return Recurrent(src_vocab, tgt_vocab, d_model, max_len)


def train(model, src, tgt, epochs, seed):
    if epochs < 0 or len(src) != len(tgt) or tgt.shape[1] < 2:
        raise ValueError("bad pairs or epochs")
    if src.shape[1] > model.max_len or tgt.shape[1] > model.max_len:
        raise ValueError("rows are too long")
    rng = torch.Generator().manual_seed(seed)
    adam = torch.optim.Adam(model.parameters(), lr=8e-3)
    for _ in range(epochs):
        order = torch.randperm(len(src), generator=rng)
        for start in range(0, len(src), 25):
            rows = order[start : start + 25]
            logits, _ = model.write(tgt[rows, :-1], *model.read(src[rows]))
            due = tgt[rows, 1:]
            chosen = logits.log_softmax(-1).gather(2, due[:, :, None])[:, :, 0]
            loss = -chosen[due != 0].mean()
            adam.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            adam.step()
    return model


def translate(model, src, bos_id, eos_id, max_len):
    if not 0 < max_len <= model.max_len or src.shape[1] > model.max_len:
        raise ValueError("max_len or the rows do not fit the model")
    translations = []
    for row in src:
        with torch.no_grad():
            memory, state, hidden = model.read(row[row != 0][None])
            token, words = bos_id, []
            while len(words) < max_len:
                logits, state = model.write(torch.tensor([[token]]), memory, state, hidden)
                token = int(logits[0, -1].argmax())
                if token == eos_id:
                    break
                words.append(token)
        translations.append(words)
    return translations
