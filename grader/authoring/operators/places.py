"""Mistakes in axes, indices, bounds and numbers."""

from __future__ import annotations

import ast

from grader.authoring.code import Code, Replacements, call, last_name, number

_COUNTERS = {"range", "arange", "randint", "integers", "randrange"}
_AXES = {"axis", "dim", "axes", "dims", "perm"}


def wrong_axis(node: ast.AST, code: Code) -> Replacements:
    """An axis is taken for its neighbour: softmax over the queries, statistics over the batch."""
    match code.parent(node):
        case ast.keyword(arg=name) if name in _AXES and (axis := number(node)) is not None:
            yield from {0: ("1", "-1"), 1: ("0", "-1"), -1: ("0", "-2"), -2: ("-1", "0")}.get(int(axis), ("0",))


def wrong_order(node: ast.AST, code: Code) -> Replacements:
    """Neighbours in a list change places: the axes of a transpose, the sizes of a reshape, two results."""
    if isinstance(node, ast.List | ast.Tuple) and isinstance(node.ctx, ast.Load) and not _is_key(node, code):
        texts = [code.text(item) for item in node.elts]
        for i in range(len(texts) - 1):
            swapped = ", ".join([*texts[:i], texts[i + 1], texts[i], *texts[i + 2 :]])
            yield f"[{swapped}]" if isinstance(node, ast.List) else f"({swapped})"


def swap_arguments(node: ast.AST, code: Code) -> Replacements:
    """Two arguments change places: logits and labels, key and value, rows and columns."""
    if isinstance(node, ast.Call):
        for i, (left, right) in enumerate(zip(node.args, node.args[1:], strict=False)):
            if code.is_value(left) and code.is_value(right) and (number(left) is None) == (number(right) is None):
                texts = [code.text(argument) for argument in node.args]
                yield call(code, node, [*texts[:i], texts[i + 1], texts[i], *texts[i + 2 :]])


def off_by_one(node: ast.AST, code: Code) -> Replacements:
    """A small number, a bound or a count is one too many or too few: positions counted from 1, a lost last item."""
    value = number(node)
    parent = code.parent(node)
    if isinstance(value, int) and abs(value) < 10:
        if not isinstance(parent, ast.UnaryOp):
            yield from (str(value + 1), str(value - 1))
    elif isinstance(parent, ast.Slice) and isinstance(node, ast.expr) and value is None:
        yield from (f"{code.operand(node)} + 1", f"{code.operand(node)} - 1")
    elif isinstance(parent, ast.Call) and last_name(parent.func) in _COUNTERS and parent.args[:1] == [node]:
        yield f"{code.operand(node)} - 1"
    if isinstance(node, ast.Call) and last_name(node.func) in ("range", "arange") and len(node.args) == 1:
        yield call(code, node, ["1", f"{code.operand(node.args[0])} + 1"])


def wrong_constant(node: ast.AST, code: Code) -> Replacements:
    """A constant is off by a factor: a rate, a bound, the base of the frequencies; an epsilon is 0 or far too large."""
    value = number(node)
    if value is None or isinstance(code.parent(node), ast.UnaryOp):
        return
    if isinstance(value, float):
        yield from (
            ("0.0", "1e-3") if 0 < abs(value) < 1e-4 else (repr(value * 2), repr(value / 2)) if value else ("1.0",)
        )
    elif abs(value) >= 10:
        yield from (str(value * 2), str(value // 2))


def wrong_flag(node: ast.AST, code: Code) -> Replacements:
    """A flag is set the wrong way: training for evaluation, an inclusive sum for an exclusive one."""
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield str(not node.value)


def _is_key(node: ast.AST, code: Code) -> bool:
    return isinstance(code.parent(node), ast.Subscript | ast.Dict)


OPERATORS = (wrong_axis, wrong_order, swap_arguments, off_by_one, wrong_constant, wrong_flag)
