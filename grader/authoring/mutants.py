"""Mutants: a right answer with one mistake, made by each operator at each place where it fits."""

from __future__ import annotations

import ast
import difflib
from dataclasses import dataclass

from grader.authoring.code import Code, mutable
from grader.authoring.operators import OPERATORS


@dataclass(frozen=True)
class Mutant:
    """A right answer with one mistake.

    Attributes:
        operator: Its name; the docstring of `OPERATORS[operator]` says which mistake it imitates.
        line: Where, in the right answer's source, counted from 1.
        before: What stands there; `after` is what the mutant has in its place.
        original: The right answer's source; `source` is the mutant's.
    """

    operator: str
    line: int
    before: str
    after: str
    original: bytes
    source: bytes

    @property
    def description(self) -> str:
        return f"line {self.line}, {self.operator}: `{_one_line(self.before)}` becomes `{_one_line(self.after)}`"

    @property
    def changed(self) -> str:
        """The mutant's own line: its text, which stays the same where other lines are edited."""
        ours, theirs = (source.decode().splitlines() for source in (self.source, self.original))
        return next((a for a, b in zip(ours, theirs, strict=False) if a != b), "").strip()

    @property
    def of(self) -> str:
        """The right answer's line."""
        return self.original.decode().splitlines()[self.line - 1].strip()

    @property
    def diff(self) -> str:
        """From the right answer to the mutant, the changed lines alone."""
        before, after = (source.decode().splitlines() for source in (self.original, self.source))
        return "\n".join(list(difflib.unified_diff(before, after, n=0, lineterm=""))[2:])


def mutants(source: bytes) -> list[Mutant]:
    """Every mutant of `source`, in the order of its lines. No two of them are the same program, and none is `source`.

    Raises SyntaxError where `source` is no Python.
    """
    code = Code(source)
    seen = {ast.dump(code.tree)}
    found = []
    for node in mutable(code):
        for name, operator in OPERATORS.items():
            for replacement in operator(node, code):
                after = replacement if isinstance(replacement, str) else code.text(replacement)
                mutated, program = _replaced(code, node, after)
                if program and program not in seen:
                    seen.add(program)
                    line: int = node.lineno  # type: ignore[attr-defined]
                    found.append(Mutant(name, line, code.text(node), after, source, mutated))
    return sorted(found, key=lambda mutant: mutant.line)


def _replaced(code: Code, node: ast.AST, after: str) -> tuple[bytes, str]:
    """The source with `after` in the node's place, in parentheses where it needs them, and the program that it is;
    empty where it is none.
    """
    plain = _spliced(code, node, after)
    if isinstance(node, ast.expr):
        enclosed = _spliced(code, node, f"({after})")
        if _program(plain) != _program(enclosed) and _program(enclosed):
            return enclosed, _program(enclosed)
    return plain, _program(plain)


def _spliced(code: Code, node: ast.AST, after: str) -> bytes:
    start, end = code.span(node)
    return code.source[:start] + after.encode() + code.source[end:]


def _program(source: bytes) -> str:
    try:
        return ast.dump(ast.parse(source))
    except SyntaxError:
        return ""


def _one_line(text: str) -> str:
    return " ".join(text.split())
