"""A GPT-2 of some 28 000 random weights, and a byte-level BPE tokenizer for lower-case letters and spaces."""

from string import ascii_lowercase

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

END = "<|endoftext|>"
SPACE = "Ġ"  # how byte-level BPE writes a space
MERGES = [("t", "h"), ("th", "e"), (SPACE, "the"), ("i", "n"), ("a", "n"), ("an", "d"), ("o", "r"), ("e", "r")]
VOCABULARY = [END, *ascii_lowercase, SPACE, *(left + right for left, right in MERGES)]
WINDOW = 16


def build_tokenizer() -> PreTrainedTokenizerFast:
    ids = {token: number for number, token in enumerate(VOCABULARY)}
    tokenizer = Tokenizer(models.BPE(vocab=ids, merges=MERGES))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token=END,
        bos_token=END,
        model_max_length=WINDOW,
        model_input_names=["input_ids", "attention_mask"],
        clean_up_tokenization_spaces=False,
    )


def build(seed: int, ends: bool = False, training: bool = False) -> tuple[GPT2LMHeadModel, PreTrainedTokenizerFast]:
    """A model that reads 16 tokens at most, and its tokenizer.

    Args:
        seed: draws the weights, which are so large that each token of the window has a say in the next one.
        ends: whether the model ends its texts, most of them within a few tokens; else it never does.
        training: whether the model comes in train mode, with dropout.
    """
    config = GPT2Config(
        vocab_size=len(VOCABULARY),
        n_positions=WINDOW,
        n_embd=32,
        n_layer=2,
        n_head=4,
        resid_pdrop=0.3,
        embd_pdrop=0.3,
        attn_pdrop=0.3,
        initializer_range=0.4,
        tie_word_embeddings=False,
        bos_token_id=0,
        eos_token_id=0,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = GPT2LMHeadModel(config)
    with torch.no_grad():
        model.lm_head.weight[0] *= 2.5 if ends else 0.0
    return model.double().train(training), build_tokenizer()  # in float64 no near tie is decided by rounding
