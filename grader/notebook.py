"""Source code before it runs: a notebook's cells as one module, and what a module imports."""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Iterator
from typing import Any

from grader.errors import SubmissionError
from grader.files import MAX_FILE_BYTES

MAX_PARSED_BYTES = 200_000  # a syntax tree takes up to a thousand times its source; above, a regex reads the imports
MAX_CELL_BYTES = 50_000  # above this a cell's magics are not looked for
MAX_REPARSED_BYTES = 2_000_000  # in one notebook: a cell is parsed once more for each of its magics

_MAGIC = re.compile(r"\s*(?:[%!?]|[^=]+=\s*[%!]|.*\?\s*$)")  # %matplotlib inline, !ls, files = !ls, print?
# %%bash, %%html …: the cell is no Python
_FOREIGN_CELL = re.compile(r"\s*%%(?!time\b|timeit\b|capture\b|prun\b|python3?\b)")
_IMPORT_LINE = re.compile(rb"^[ \t]*(?:from[ \t]+([.\w]+)[ \t]+import\b|import[ \t]+([^#;\r\n]+))", re.MULTILINE)


def to_module(notebook: bytes) -> bytes:
    """The code cells of an ``.ipynb`` in order, as one module's source.

    Each cell follows a line ``# cell N``, counting code cells from 1. Magics and shell lines (``%matplotlib inline``,
    ``!pip …``, ``files = !ls``) become ``pass``, so every other line keeps its place. Outputs and metadata are never
    looked at. Raises SubmissionError.
    """
    try:
        cells = json.loads(notebook)["cells"]
        sources = [_source(cell) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, RecursionError) as error:
        raise SubmissionError("is not valid JSON, so it is no notebook; save it again from Jupyter") from error
    except (KeyError, TypeError) as error:
        raise SubmissionError("is not a notebook of format 4; save it again from a current Jupyter") from error
    if not any(map(str.strip, sources)):
        raise SubmissionError("holds no code cell with code in it; change the cells that are the answer to code cells")
    if sum(map(len, sources)) > MAX_FILE_BYTES:
        raise SubmissionError(f"holds more than {MAX_FILE_BYTES >> 20} MB of code")
    blocks = []
    left = MAX_REPARSED_BYTES
    for number, source in enumerate(sources, start=1):
        text, spent = _python(source, left)
        left -= spent
        blocks.append(f"# cell {number}\n{text}\n")
    return "\n".join(blocks).encode(errors="replace")


def imports(source: bytes) -> frozenset[tuple[int, str]]:
    """What `source` may import, as (leading dots, dotted name).

    ``from ..a import b`` gives ``(2, "a")`` and ``(2, "a.b")``, since `b` may be a module. Source that does not parse
    is read line by line instead.
    """
    tree = _parse(source) if len(source) <= MAX_PARSED_BYTES else None
    return frozenset(_from_lines(source) if tree is None else _from_tree(tree))


def _parse(source: bytes | str) -> ast.Module | None:
    try:
        return _parse_strictly(source)
    except (SyntaxError, ValueError, LookupError, RecursionError, MemoryError):
        return None


def _parse_strictly(source: bytes | str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an answer's invalid escapes are no news of ours
        return ast.parse(source)


def _from_tree(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((0, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.level, node.module or ""
            yield from ((node.level, f"{node.module or ''}.{alias.name}".lstrip(".")) for alias in node.names)


def _from_lines(source: bytes) -> Iterator[tuple[int, str]]:
    for origin, names in _IMPORT_LINE.findall(source):
        if origin:
            dotted = origin.decode("latin-1")
            yield len(dotted) - len(dotted.lstrip(".")), dotted.lstrip(".")
        for name in names.decode("latin-1").split(","):
            if words := name.split():
                yield 0, words[0]


def _source(cell: dict[str, Any]) -> str:
    source = cell["source"]
    text = "".join(source) if isinstance(source, list) else source
    if not isinstance(text, str):
        raise TypeError(type(text))
    return text.replace("\r\n", "\n")


def _python(cell: str, budget: int) -> tuple[str, int]:
    """`cell` with each line that only IPython understands replaced by ``pass``, and how much of `budget` that took.

    A line is a magic where it looks like one *and* the parser stops at it: ``% width`` may continue an expression.
    """
    lines = cell.split("\n")
    if _FOREIGN_CELL.match(cell):
        return "pass" + "\n" * (len(lines) - 1), 0
    spent = 0
    while len(text := "\n".join(lines)) <= MAX_CELL_BYTES:
        try:
            _parse_strictly(text)
        except SyntaxError as error:
            row = (error.lineno or 0) - 1
            if spent < budget and 0 <= row < len(lines) and _MAGIC.match(lines[row]):
                rest = row + 1
                while rest < len(lines) and lines[rest - 1].endswith("\\"):  # it goes on: !pip install torch \
                    rest += 1
                indent = lines[row][: len(lines[row]) - len(lines[row].lstrip())]
                lines[row:rest] = [indent + "pass", *[""] * (rest - row - 1)]
                spent += len(text)
                continue
        except (ValueError, RecursionError, MemoryError):
            pass
        break
    return text, spent
