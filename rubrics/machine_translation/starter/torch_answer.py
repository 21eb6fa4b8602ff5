"""Machine translation by an encoder and a decoder."""

from torch import Tensor, nn


def cross_attention(
    x: Tensor, memory: Tensor, params: dict[str, Tensor], num_heads: int, memory_mask: Tensor | None
) -> Tensor:
    """Multi-head attention of x [B, T, D] over memory [B, S, D]: [B, T, D].

    Args:
        params: wq, wk, wv, wo [D, D], applied as x @ w, and bq, bk, bv, bo [D].
        memory_mask: boolean, broadcastable to [B, num_heads, T, S], True where a place may be attended to; or None.

    Raises:
        ValueError: unless num_heads divides D, and where batch or width of x and memory differ.
    """
    raise NotImplementedError


def build_translator(src_vocab: int, tgt_vocab: int, d_model: int, num_heads: int, max_len: int) -> nn.Module:
    """An encoder and a decoder, for rows of up to max_len tokens.

    Raises:
        ValueError: for a size below 1, and unless num_heads divides d_model.
    """
    raise NotImplementedError


def train(model: nn.Module, src: Tensor, tgt: Tensor, epochs: int, seed: int) -> nn.Module:
    """Train on sentences src [N, S] and their translations tgt [N, T], and return the trained model.

    Raises:
        ValueError: for negative epochs, other counts of sentences, rows above max_len, and T below 2.
    """
    raise NotImplementedError


def translate(model: nn.Module, src: Tensor, bos_id: int, eos_id: int, max_len: int) -> list[list[int]]:
    """The translation of each row of src [N, S]: ids from the first after bos_id up to eos_id, at most max_len.

    Raises:
        ValueError: for max_len below 1 or above the model's, and where a row has more tokens than that.
    """
    raise NotImplementedError
