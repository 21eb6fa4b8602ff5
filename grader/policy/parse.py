"""A source's syntax tree and text, at a bounded cost."""

import ast
import importlib.util
import re
import warnings

from grader.policy.blocks import TooComplex

MAX_BYTES = 300_000
MAX_WORDS = 80_000  # names, numbers and signs, those in comments and texts too
MAX_BRACES = 10_000  # the parser of Python 3.11 takes the square of an f-string's fields
MAX_DOTS = 100  # in one name; the parser takes the square of an import's
_WORD = re.compile(r"\w+|[^\w\s]")
_LONG_NAME = re.compile(rf"(?:\.[\s\\]*+\w++[\s\\]*+){{{MAX_DOTS + 1}}}")


def parse(source: bytes | str) -> ast.Module | None:
    """The syntax tree, None where there is none. Raises TooComplex, whose text says how the source is too large."""
    _limit(len(source), MAX_BYTES, "bytes")
    text = _text(source)
    _limit(sum(1 for _ in _WORD.finditer(text)), MAX_WORDS, "names, numbers and signs")
    _limit(text.count("{"), MAX_BRACES, "braces")
    if _LONG_NAME.search(text):
        raise TooComplex(f"with more than {MAX_DOTS} dots in one name,")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(source)
        except (SyntaxError, ValueError):  # ValueError: null bytes, lone surrogates
            return None
        except (RecursionError, MemoryError):  # the parser's own limits
            raise TooComplex("nested deeper than Python's parser goes,") from None


def lines_of(source: bytes | str) -> list[str]:
    """The source's lines as the parser counts them."""
    return _text(source).replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _limit(size: int, most: int, what: str) -> None:
    if size > most:
        raise TooComplex(f"with {size} {what} where {most} are allowed,")


def _text(source: bytes | str) -> str:
    if isinstance(source, str):
        return source
    try:
        return importlib.util.decode_source(source)
    except (SyntaxError, LookupError, ValueError, ArithmeticError):  # as encodings fail; a comment may hold anything
        return source.decode(errors="replace")
