# /// right
# framework = "torch"
# style = "nn.TransformerEncoder with dropout, trained on a copy"
# ///

import copy

import torch
from torch import nn


class GPT(nn.Module):
    def __init__(self, vocab_size, max_len, d_model, num_heads, d_ff):
        super().__init__()
        self.max_len = max_len
        self.token_embedding = nn.Embedding(vocab_size, d_model)
        self.position_embedding = nn.Embedding(max_len, d_model)
        layer = nn.TransformerEncoderLayer(d_model, num_heads, d_ff, dropout=0.05, batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False)
        self.head = nn.Linear(d_model, vocab_size)

    def forward(self, ids):
        return torch.exp(self.log_probs(ids))

    def log_probs(self, ids):
        length = ids.size(1)
        x = self.token_embedding(ids) + self.position_embedding(torch.arange(length))
        mask = nn.Transformer.generate_square_subsequent_mask(length)
        return torch.log_softmax(self.head(self.encoder(x, mask=mask, is_causal=True)), dim=-1)


def build_language_model(vocab_size, max_len, d_model, num_heads, d_ff):
    if min(vocab_size, max_len, d_model, num_heads, d_ff) <= 0 or d_model % num_heads:
        raise ValueError("bad sizes")
    return GPT(vocab_size, max_len, d_model, num_heads, d_ff)


def fit(model, ids, epochs, seed):
    if epochs < 0:
        raise ValueError("epochs must not be negative")
    if not 1 < ids.size(1) <= model.max_len:
        raise ValueError("texts are too short or too long")
    model = copy.deepcopy(model).train()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
        for _ in range(epochs):
            for batch in torch.utils.data.DataLoader(ids, batch_size=25, shuffle=True):
                log_probs = model.log_probs(batch[:, :-1])
                loss = nn.functional.nll_loss(log_probs.transpose(1, 2), batch[:, 1:])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
    model.eval()
    return model
