"""What editors know of `candidate` and `reference`: a question's `conftest.py`, written from its entry points.

Editors take a fixture's type from a conftest.py beside the rubric. All of it is for type checkers only: where it runs,
it is empty, and grading does not load it.
"""

from __future__ import annotations

from pathlib import Path

from grader.bank import EntryPoint, Question

FILE = "conftest.py"

_TYPES = {"array": "np.ndarray", "number": "float", "list": "list[Any]", "object": "Handle", "any": "Any"}
_TEXT = '''"""For editors: what `candidate` and `reference` are. Written by `grader stub`; do not edit."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    import numpy as np
    import pytest

    from grader.rubric import Handle

    class Answer:
{methods}
    @pytest.fixture
    def candidate() -> Answer: ...

    @pytest.fixture
    def reference() -> Answer: ...

    @pytest.fixture
    def rng() -> np.random.Generator: ...

    @pytest.fixture
    def framework() -> str: ...
'''


def stub(question: Question) -> str:
    """The text of the question's conftest.py."""
    return _TEXT.format(methods="\n".join(map(_method, question.entry_points)))


def write_stub(question: Question) -> Path:
    path = question.folder / FILE
    path.write_text(stub(question), encoding="utf-8")
    return path


def is_stale(question: Question) -> bool:
    """Whether there is one that is not what the entry points say."""
    path = question.folder / FILE
    return path.exists() and path.read_text(encoding="utf-8") != stub(question)


def _method(entry_point: EntryPoint) -> str:
    arguments = ", ".join(filter(None, ["self", entry_point.signature.strip()[1:-1].strip()]))
    return f"        def {entry_point.name}({arguments}) -> {_returned(entry_point)}: ...\n"


def _returned(entry_point: EntryPoint) -> str:
    if entry_point.kind == "class":
        return "Handle"
    if isinstance(entry_point.returns, tuple):
        return f"tuple[{', '.join(_TYPES[kind] for kind in entry_point.returns)}]"
    return _TYPES[entry_point.returns]
