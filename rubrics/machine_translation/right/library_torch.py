# /// right
# framework = "torch"
# style = "layers of the library; translations as an array padded with 0"
# ///

import torch
import torch.nn.functional as F
from torch import nn


def cross_attention(x, memory, params, num_heads, memory_mask):
    if num_heads <= 0 or x.size(2) % num_heads != 0:
        raise ValueError("num_heads must divide the width")
    if x.size(0) != memory.size(0) or x.size(2) != memory.size(2):
        raise ValueError("x and memory differ in batch or width")

    def project(y, name):
        y = F.linear(y, params["w" + name].mT, params["b" + name])
        return y.unflatten(-1, (num_heads, -1)).transpose(1, 2)

    q, k, v = project(x, "q"), project(memory, "k"), project(memory, "v")
    if memory_mask is None:
        heads = F.scaled_dot_product_attention(q, k, v)
    else:
        allowed = memory_mask.expand(q.size(0), num_heads, q.size(2), k.size(2))
        some = allowed.any(dim=-1, keepdim=True)
        heads = F.scaled_dot_product_attention(q, k, v, attn_mask=allowed | ~some)
        heads = heads.masked_fill(~some, 0.0)
    return F.linear(heads.transpose(1, 2).flatten(2), params["wo"].mT, params["bo"])


class Seq2Seq(nn.Module):
    def __init__(self, src_vocab, tgt_vocab, d_model, num_heads, max_len):
        super().__init__()
        self.limit = max_len
        self.src = nn.Embedding(src_vocab, d_model, padding_idx=0)
        self.tgt = nn.Embedding(tgt_vocab, d_model, padding_idx=0)
        self.pos = nn.Parameter(torch.randn(2, max_len, d_model) * 0.5)
        self.core = nn.Transformer(d_model, num_heads, 1, 1, 4 * d_model, dropout=0.0, batch_first=True)
        self.head = nn.Linear(d_model, tgt_vocab)

    def forward(self, src, tgt):
        hidden = src == 0
        causal = torch.ones(tgt.size(1), tgt.size(1), dtype=torch.bool).triu(1)
        out = self.core(
            self.src(src) + self.pos[0, : src.size(1)],
            self.tgt(tgt) + self.pos[1, : tgt.size(1)],
            tgt_mask=causal,
            src_key_padding_mask=hidden,
            memory_key_padding_mask=hidden,
        )
        return self.head(out)


def build_translator(src_vocab, tgt_vocab, d_model, num_heads, max_len):
    if min(src_vocab, tgt_vocab, d_model, num_heads, max_len) <= 0:
        raise ValueError("a size is not positive")
    if d_model % num_heads:
        raise ValueError("num_heads must divide d_model")
    return Seq2Seq(src_vocab, tgt_vocab, d_model, num_heads, max_len)


def train(model, src, tgt, epochs, seed):
    if epochs < 0:
        raise ValueError("epochs is negative")
    if src.size(0) != tgt.size(0) or tgt.size(1) < 2 or max(src.size(1), tgt.size(1)) > model.limit:
        raise ValueError("the pairs do not fit")
    data = torch.utils.data.TensorDataset(src, tgt)
    shuffled = torch.utils.data.RandomSampler(data, generator=torch.Generator().manual_seed(seed))
    criterion = nn.CrossEntropyLoss(ignore_index=0)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
    model.train()
    for _ in range(epochs):
        for source, target in torch.utils.data.DataLoader(data, batch_size=32, sampler=shuffled):
            optimizer.zero_grad()
            criterion(model(source, target[:, :-1]).transpose(1, 2), target[:, 1:]).backward()
            optimizer.step()
    model.eval()
    return model


def translate(model, src, bos_id, eos_id, max_len):
    if max_len <= 0 or max_len > model.limit or src.size(1) > model.limit:
        raise ValueError("too long, or nothing asked for")
    model.eval()
    with torch.inference_mode():
        out = torch.full((src.size(0), 1), bos_id, dtype=torch.long)
        done = torch.zeros(src.size(0), dtype=torch.bool)
        for _ in range(max_len):
            token = model(src, out)[:, -1].argmax(-1).masked_fill(done, 0)
            done = done | (token == eos_id)
            out = torch.cat([out, token.unsqueeze(1)], dim=1)
            if done.all():
                break
    return out[:, 1:]
