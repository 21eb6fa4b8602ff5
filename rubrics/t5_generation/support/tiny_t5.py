"""A T5 of some 38 000 random weights, without a tokenizer: it reads and writes ids below 30."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from transformers import T5Config, T5ForConditionalGeneration

VOCABULARY = 30
PAD, END = 0, 1
SCALES = {".q.weight": 8, ".v.weight": 6, ".o.weight": 6, "relative_attention_bias.weight": 30}
"""By what to multiply weights, so that every token that is read or written has a say in the next one."""


def step_logits(seed: int, ends: bool) -> Callable[..., Tensor]:
    """What `greedy_decode` is given: the input's ids [S] and those written so far [L] -> the next one's logits [V].

    Args:
        seed: draws the weights.
        ends: whether the model ends its texts, many of them within a few tokens; else it never does.
    """
    model = _build(seed, ends)

    @torch.no_grad()
    def step_logits(input_ids: Any, decoder_ids: Any) -> Tensor:
        read, written = torch.as_tensor(input_ids)[None], torch.as_tensor(decoder_ids)[None]
        return model(input_ids=read, decoder_input_ids=written).logits[0, -1]

    return step_logits


def decoder_inputs(labels: Tensor, start_id: int) -> Tensor:
    """What T5 itself has its decoder read, where it is given labels [B, T] alone."""
    model = _build(0, False)
    model.config.decoder_start_token_id = start_id
    return model.prepare_decoder_input_ids_from_labels(labels)


def _build(seed: int, ends: bool) -> T5ForConditionalGeneration:
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
    return model.double().eval()  # in float64 no near tie is decided by rounding
