"""The mistakes that people make in machine-learning code, as operators on the syntax tree of a right answer.

An operator is a function of a node and the `Code` around it; it yields what may stand in the node's place, as text or
as a node of the same code. Its docstring says which mistake of a candidate's it imitates.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from grader.authoring.code import Code, Replacements
from grader.authoring.operators import arithmetic, conditions, names, places

__all__ = ["OPERATORS", "Operator"]

Operator = Callable[[ast.AST, Code], Replacements]

OPERATORS: dict[str, Operator] = {
    operator.__name__: operator for module in (arithmetic, conditions, places, names) for operator in module.OPERATORS
}
