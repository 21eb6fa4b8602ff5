"""The walk over a syntax tree: RestrictedPython's transformer, which visits every node, with nothing refused."""

import ast
from collections.abc import Iterable
from typing import TypeVar

from RestrictedPython.transformer import RestrictingNodeTransformer

from grader.policy.blocks import Block
from grader.policy.scopes import Names

_Node = TypeVar("_Node", bound=ast.AST)


class Syntax(RestrictingNodeTransformer):  # type: ignore[misc]  # its package is untyped
    """Visits the nodes of a tree, each in its block; what the transformer makes of them is never used.

    Nodes wait in a list of their own instead of on Python's stack, so depth is no matter.

    Attributes:
        names: What the names of the tree stand for.
        block: The block of the node that is visited.
        as_script: Whether the node stands under a script's guard.
    """

    def __init__(self, tree: ast.Module, names: Names) -> None:
        super().__init__()
        self.names = names
        self._pending: list[tuple[ast.AST, Block, bool]] = [(tree, names.module, False)]
        while self._pending:
            node, self.block, self.as_script = self._pending.pop()
            self.visit(node)

    def node_contents_visit(self, node: _Node) -> _Node:
        self._later(self.names.children(node, self.block), self.as_script)
        return node

    def _later(self, children: Iterable[tuple[ast.AST, Block]], as_script: bool) -> None:
        self._pending.extend((child, block, as_script) for child, block in children)

    def not_allowed(self, node: ast.AST) -> None:
        """Syntax that RestrictedPython refuses (annotations, match, async, nonlocal, except*) is ordinary here."""
        self.node_contents_visit(node)

    def error(self, node: ast.AST, info: str) -> None:
        """Nothing: names that RestrictedPython refuses (a leading underscore, a star import) are ordinary here."""

    def warn(self, node: ast.AST, info: str) -> None:
        """Nothing, as for `error`."""

    def visit_contents(self, node: _Node) -> _Node:
        """What RestrictedPython would rewrite is left as it is."""
        return self.node_contents_visit(node)

    visit_Assign = visit_AugAssign = visit_ClassDef = visit_For = visit_With = visit_contents

    def visit_If(self, node: ast.If) -> ast.AST:
        match node.test:
            case ast.Compare(left=ast.Name("__name__"), ops=[ast.Eq()], comparators=[ast.Constant("__main__")]):
                guarded = self.as_script or not self.names.renames_itself
                self._later(((part, self.block) for part in node.body), guarded)
                self._later(((part, self.block) for part in node.orelse), self.as_script)
                return node
        return self.node_contents_visit(node)
