"""Blocks of code and the names that are bound in them."""

import ast
import builtins
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from grader.policy.names import MAX_LENGTH

_BUILTINS = frozenset(dir(builtins)) | {"__builtins__", "__loader__"}
_MAX_STEPS = 200_000  # of following names; the longest model files that are published take 30 000
_MAX_BLOCKS = 30  # one in another
_MAX_MEANINGS = 16  # of one name


class TooComplex(Exception):
    """A source is too large, is nested too deeply, or to follow its names takes too long."""


class Effort:
    """What a source may still cost, where the source itself decides how much that is."""

    def __init__(self) -> None:
        self._steps = 0

    def spend(self, steps: int) -> None:
        """Take note of so much work. Raises TooComplex where it is too much in all."""
        self._steps += steps
        if self._steps > _MAX_STEPS:
            raise TooComplex("with names that lead too far,")


@dataclass(eq=False)
class Block:
    """A block of code and its names; each maps to the dotted names it may stand for, to none where that is unknown."""

    kind: str = "module"  # or "function", "class", "comprehension"
    parent: "Block | None" = None
    names: dict[str, set[str]] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)  # modules that everything is imported from
    elsewhere: dict[str, "Block"] = field(default_factory=dict)  # where global and nonlocal names live

    def __post_init__(self) -> None:
        self.depth: int = self.parent.depth + 1 if self.parent else 0
        if self.depth > _MAX_BLOCKS:
            raise TooComplex(f"with blocks nested more than {_MAX_BLOCKS} deep,")

    def around(self) -> "Iterator[Block]":
        """This block and the blocks around it whose names it sees."""
        block: Block | None = self
        while block:
            if block is self or block.kind != "class":
                yield block
            block = block.parent

    def bind(self, name: str, meanings: Iterable[str] = ()) -> bool:
        """Bind a name, and say whether that taught anything new."""
        known = self.elsewhere.get(name, self).names.setdefault(name, set())
        before = len(known)
        if before < _MAX_MEANINGS:
            known.update(meaning for meaning in meanings if len(meaning) < MAX_LENGTH)
        return len(known) > before

    def star(self, module: str) -> None:
        """Import everything from a module."""
        if len(self.stars) < _MAX_MEANINGS:
            self.stars.append(module[:MAX_LENGTH])

    def find(self, name: str) -> set[str] | None:
        """What a bound name may stand for; None where no block binds it."""
        found: set[str] | None = None
        for block in self.around():
            if name in block.names:
                found = (found or set()) | block.names[name]
                if block.kind != "class":  # a class body falls back on the names around it
                    break
        return found

    def meanings(self, name: str) -> set[str]:
        """What a name may stand for: as bound, by a star import, or as a builtin."""
        found = self.find(name)
        if found is None:
            found = {f"{star}.{name}" for block in self.around() for star in block.stars}
            if name in _BUILTINS:
                found.add(name)
        return found


def parameters(arguments: ast.arguments) -> list[tuple[ast.arg, ast.expr | None]]:
    """The arguments of a function with their defaults."""
    positional = [*arguments.posonlyargs, *arguments.args]
    bare = len(positional) - len(arguments.defaults)
    pairs: list[tuple[ast.arg, ast.expr | None]] = [
        *zip(positional, [None] * bare + [*arguments.defaults], strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    return pairs + [(argument, None) for argument in (arguments.vararg, arguments.kwarg) if argument]


def signature(arguments: ast.arguments) -> list[ast.AST | None]:
    """What a function's signature evaluates: defaults and annotations."""
    return [part for argument, default in parameters(arguments) for part in (default, argument.annotation)]
