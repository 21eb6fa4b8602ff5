"""A module's source beside its syntax tree: what an operator may ask about a node."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

Replacements = Iterator[str | ast.AST]
"""What may stand in a node's place: text, or a node of the same code."""

_SYMBOLS: dict[type[ast.AST], str] = {
    **{ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**"},
    **{ast.MatMult: "@", ast.BitAnd: "&", ast.BitOr: "|", ast.And: "and", ast.Or: "or"},
    **{ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="},
    **{ast.In: "in", ast.NotIn: "not in", ast.Is: "is", ast.IsNot: "is not"},
}
_LOOSE = (ast.BinOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Lambda, ast.NamedExpr)


class Code:
    """A module's source, its tree, and who is whose parent in it.

    Raises SyntaxError where `source` is no Python.
    """

    def __init__(self, source: bytes) -> None:
        self.source = source
        self.tree = ast.parse(source)
        self._lines = [0]
        for line in source.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))
        nodes = list(ast.walk(self.tree))
        self._parents = {child: node for node in nodes for child in ast.iter_child_nodes(node)}
        self._modules = {
            (alias.asname or alias.name).split(".")[0]
            for node in nodes
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }

    def span(self, node: ast.AST) -> tuple[int, int]:
        """First byte of a node, and the one behind its last."""
        lines: tuple[int, int] = node.lineno, node.end_lineno  # type: ignore[attr-defined]
        columns: tuple[int, int] = node.col_offset, node.end_col_offset  # type: ignore[attr-defined]
        return self._lines[lines[0] - 1] + columns[0], self._lines[lines[1] - 1] + columns[1]

    def text(self, node: ast.AST) -> str:
        """The node as it is written, without the parentheses around it."""
        start, end = self.span(node)
        return self.source[start:end].decode()

    def operand(self, node: ast.AST) -> str:
        """The node as it may stand beside any operator."""
        return f"({self.text(node)})" if isinstance(node, _LOOSE) else self.text(node)

    def condition(self, node: ast.AST) -> str:
        """The node as it may stand beside `and` and `or`."""
        return self.text(node) if isinstance(node, ast.BinOp | ast.Compare) else self.operand(node)

    def symbol(self, op: ast.AST) -> str:
        return _SYMBOLS[type(op)]

    def between(self, node: ast.AST, left: ast.AST, right: ast.AST, op: ast.AST, other: ast.AST) -> str:
        """`node` with `other` in place of `op` between its operands `left` and `right`."""
        (start, end), (_, gap), (resume, _) = self.span(node), self.span(left), self.span(right)
        middle = self.source[gap:resume].replace(self.symbol(op).encode(), self.symbol(other).encode(), 1)
        return (self.source[start:gap] + middle + self.source[resume:end]).decode()

    def parent(self, node: ast.AST) -> ast.AST | None:
        return self._parents.get(node)

    def is_module(self, node: ast.AST) -> bool:
        """Whether a dotted name begins with something imported."""
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and node.id in self._modules

    def is_value(self, node: ast.AST) -> bool:
        """Whether an argument is one that is computed with: no dtype, list, text or starred argument."""
        if isinstance(node, ast.Constant):
            return number(node) is not None
        return not (isinstance(node, ast.List | ast.Tuple | ast.Starred) or self.is_module(node))

    def keys(self, name: str) -> list[str]:
        """The texts by which the variable `name` is subscripted, in their order."""
        return list(
            dict.fromkeys(
                node.slice.value
                for node in ast.walk(self.tree)
                if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == name
                if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)
            )
        )

    def arguments_like(self, name: ast.Name) -> list[str]:
        """The arguments of the function around, of the same annotation as the argument `name`; none without one."""
        node: ast.AST | None = name
        while node and not isinstance(node, ast.FunctionDef):
            node = self.parent(node)
        if not isinstance(node, ast.FunctionDef):
            return []
        arguments = [*node.args.args, *node.args.kwonlyargs]
        kinds = {a.arg: ast.dump(a.annotation) for a in arguments if a.annotation}
        return [other for other, kind in kinds.items() if kind == kinds.get(name.id)]

    def earlier(self, statement: ast.stmt) -> set[str]:
        """What the statements of the class before this one assign: without this one, that value stays."""
        node: ast.AST | None = statement
        while node and not isinstance(node, ast.ClassDef):
            node = self.parent(node)
        return {
            self.text(target)
            for assigned in (ast.walk(node) if node else ())
            if isinstance(assigned, ast.Assign) and assigned.lineno < statement.lineno
            for target in assigned.targets
        }


def call(code: Code, node: ast.Call, args: Iterable[str]) -> str:
    """`node` with other positional arguments."""
    return f"{code.text(node.func)}({', '.join([*args, *map(code.text, node.keywords)])})"


def last_name(function: ast.AST) -> str:
    """`softmax` of `torch.softmax` and of `x.softmax`."""
    match function:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def number(node: ast.AST) -> int | float | None:
    """The value of a literal number, with its sign; None for anything else."""
    match node:
        case ast.Constant(value=bool()):
            return None
        case ast.Constant(value=int() | float() as value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return -value
    return None


def mutable(code: Code) -> Iterator[ast.AST]:
    """The nodes in which a mistake changes what is computed, in the order of the source: no docstring, annotation,
    import, raised message or formatted text.
    """
    yield from _mutable(code.tree)


def _mutable(node: ast.AST) -> Iterator[ast.AST]:
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or name in ("annotation", "returns", "msg"):
                continue
            if isinstance(child, ast.Raise | ast.Import | ast.ImportFrom | ast.JoinedStr):
                continue
            if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
                continue
            if hasattr(child, "lineno"):
                yield child
            yield from _mutable(child)
