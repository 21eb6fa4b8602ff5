"""A BERT of some 12 000 random weights, and a WordPiece tokenizer for a few dozen words and pieces."""

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
WORDS = ["the", "a", "cat", "dog", "bird", "sat", "ran", "sang", "on", "under", "over", "mat", "tree", "river", "red"]
WORDS += ["old", "small", "was", "not", "good", "bad", "and", ",", ".", "?", "walk", "jump", "quick", "slow"]
PIECES = ["##s", "##ing", "##er", "##ly", "##ed"]
VOCABULARY = [*SPECIAL, *WORDS, *PIECES]
WINDOW = 20


def build_tokenizer() -> PreTrainedTokenizerFast:
    ids = {token: number for number, token in enumerate(VOCABULARY)}
    tokenizer = Tokenizer(models.WordPiece(vocab=ids, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", ids["[CLS]"]), ("[SEP]", ids["[SEP]"])],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
        model_max_length=WINDOW,
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
    )


def build(seed: int, training: bool = False) -> tuple[BertModel, PreTrainedTokenizerFast]:
    """A model that reads 20 tokens at most, and its tokenizer.

    Args:
        seed: draws the weights, which are so large that each token has a say in all the others' vectors.
        training: whether the model comes in train mode, with dropout.
    """
    config = BertConfig(
        vocab_size=len(VOCABULARY),
        hidden_size=24,
        num_hidden_layers=2,
        num_attention_heads=3,
        intermediate_size=48,
        max_position_embeddings=WINDOW,
        hidden_dropout_prob=0.3,
        attention_probs_dropout_prob=0.3,
        initializer_range=0.4,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = BertModel(config)
    return model.double().train(training), build_tokenizer()
