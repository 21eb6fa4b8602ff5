"""Text generation: which tokens may be drawn, and the loop that draws them."""

from collections.abc import Callable

from torch import Tensor
from transformers import GPT2LMHeadModel, PreTrainedTokenizerFast


def filter_logits(logits: Tensor, top_k: int | None, top_p: float | None) -> Tensor:
    """Restrict the logits to the most likely tokens.

    Args:
        logits: [V], float16, float32 or float64; some may be -inf.
        top_k: how many tokens to keep, 1 or more; None for all.
        top_p: the probability that the nucleus reaches, in (0, 1]; None or 1 for all.

    Returns:
        [V], same dtype: the logits of the tokens that may be drawn, -inf for the others.

    Raises:
        ValueError: for a `top_k` or `top_p` outside these ranges.
    """
    raise NotImplementedError


def generate(
    next_logits: Callable[[Tensor], Tensor],
    prompt: Tensor | list[int],
    max_new_tokens: int,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    eos_id: int | None = None,
    seed: int = 0,
) -> Tensor:
    """Draw tokens after a prompt.

    Args:
        next_logits: takes all ids so far, [T], and returns the logits of the next token, [V].
        prompt: [T] token ids, T >= 1, an int64 array or a list.
        max_new_tokens: how many tokens to draw at most, 0 or more.
        temperature: divides the logits before they are filtered; 0 for greedy choice.
        top_k, top_p: as in `filter_logits`.
        eos_id: the token after which nothing more is drawn; None for no such token.
        seed: the same seed gives the same draws.

    Returns:
        [T + n] token ids, n <= max_new_tokens: the prompt and the drawn tokens.

    Raises:
        ValueError: for an empty prompt or an argument outside its range.
    """
    raise NotImplementedError


def generate_text(model: GPT2LMHeadModel, tokenizer: PreTrainedTokenizerFast, prompt: str, max_new_tokens: int) -> str:
    """Continue a text with the model's most likely tokens.

    Args:
        model: reads at most `model.config.n_positions` tokens at a time; it may be in train mode.
        tokenizer: the model's tokenizer; the text ends at its `eos_token_id`.
        prompt: a text of one token or more; it may be longer than the model can read at once.
        max_new_tokens: how many tokens to append at most, 0 or more.

    Returns:
        The text of the prompt's tokens and of the new ones, without special tokens.

    Raises:
        ValueError: for a prompt without tokens or a negative `max_new_tokens`.
    """
    raise NotImplementedError
