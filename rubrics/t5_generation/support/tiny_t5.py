"""A T5 of some 38 000 random weights, without a tokenizer: it reads and writes ids below 30."""

import torch
from transformers import T5Config, T5ForConditionalGeneration

VOCABULARY = 30
PAD, END = 0, 1
SCALES = {".q.weight": 8, ".v.weight": 6, ".o.weight": 6, "relative_attention_bias.weight": 30}
"""By what to multiply weights, so that every token that is read or written has a say in the next one."""


def build(seed: int, start_id: int = PAD, ends: bool = False, training: bool = False) -> T5ForConditionalGeneration:
    """A model whose text begins with `start_id`.

    Args:
        seed: draws the weights.
        start_id: the first id that the decoder reads.
        ends: whether the model ends its texts, many of them within a few tokens; else it never does.
        training: whether the model comes in train mode, with dropout.
    """
    config = T5Config(
        vocab_size=VOCABULARY,
        d_model=32,
        d_kv=8,
        d_ff=64,
        num_layers=2,
        num_heads=4,
        relative_attention_num_buckets=16,
        relative_attention_max_distance=32,
        dropout_rate=0.3,
        decoder_start_token_id=start_id,
        pad_token_id=PAD,
        eos_token_id=END,
        tie_word_embeddings=False,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = T5ForConditionalGeneration(config)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            for ending, scale in SCALES.items():
                if name.endswith(ending):
                    weight *= scale
        model.lm_head.weight[PAD] = 0
        model.lm_head.weight[END] *= 2.5 if ends else 0
    return model.double().train(training)  # in float64 no near tie is decided by rounding
