"""BERT's input embeddings, and one vector for a sentence."""

from torch import Tensor
from transformers import BertModel, PreTrainedTokenizerFast


def embed(token_ids: Tensor, segment_ids: Tensor, params: dict[str, Tensor]) -> Tensor:
    """Sum and normalise the embeddings of tokens, positions and segments.

    Args:
        token_ids, segment_ids: [B, T], int64.
        params: token [V, D], position [P, D], segment [S, D], gamma [D], beta [D].

    Returns:
        [B, T, D]: the layer norm (eps 1e-12) of the sums.

    Raises:
        ValueError: for shapes that differ, an id that is not in its table, or more tokens than positions.
    """
    raise NotImplementedError


def sentence_embedding(hidden: Tensor, mask: Tensor, pooling: str) -> Tensor:
    """Pool the vectors of each text's real tokens.

    Args:
        hidden: [B, T, D].
        mask: [B, T], boolean, True for real tokens.
        pooling: "cls", "mean" or "max".

    Returns:
        [B, D]; zeros where mean and max have no real token.

    Raises:
        ValueError: for a mask of another shape, or another pooling.
    """
    raise NotImplementedError


def encode_sentences(model: BertModel, tokenizer: PreTrainedTokenizerFast, texts: list[str], pooling: str) -> Tensor:
    """Encode N texts with a real BERT.

    Args:
        model: it may be in train mode, and reads at most `model.config.max_position_embeddings` tokens.
        tokenizer: the model's tokenizer.
        texts: N texts; they may be empty, or longer than the model can read.
        pooling: as in `sentence_embedding`.

    Returns:
        [N, D], in the order of the texts.

    Raises:
        ValueError: where there is no text, and for an unknown pooling.
    """
    raise NotImplementedError
