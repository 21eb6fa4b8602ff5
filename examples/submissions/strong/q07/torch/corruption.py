"""What BERT does to the tokens that it has chosen."""

import torch

MASKED, RANDOM, KEPT = range(3)


class Corruption:
    def __init__(self, mask_id, vocab_size, generator):
        self.mask_id = mask_id
        self.vocab_size = vocab_size
        self.generator = generator

    def choose(self, shape, probability):
        return torch.bernoulli(torch.full(shape, float(probability), dtype=torch.double), generator=self.generator).bool()

    def __call__(self, tokens):
        """tokens [n] -> what the model gets to see in their place [n]"""
        if tokens.numel() == 0:
            return tokens
        odds = torch.tensor([0.8, 0.1, 0.1])
        fate = torch.multinomial(odds, tokens.numel(), replacement=True, generator=self.generator)
        noise = torch.randint(self.vocab_size, tokens.shape, generator=self.generator)
        masks = torch.full_like(tokens, self.mask_id)
        return torch.stack([masks, noise, tokens])[fate, torch.arange(tokens.numel())]
