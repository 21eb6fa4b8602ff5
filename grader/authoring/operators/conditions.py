"""Mistakes in masks and conditions."""

from __future__ import annotations

import ast

from grader.authoring.code import Code, Replacements, call, last_name

_OTHER_COMPARISONS: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
_BRANCHES = {"where"}  # called with a condition and two branches
_MASKED = {"masked_fill", "masked_fill_"}


def flip_mask(node: ast.AST, code: Code) -> Replacements:
    """A mask is read the wrong way round: True for hidden, the branches of `where` exchanged."""
    match node:
        case ast.UnaryOp(op=ast.Invert() | ast.Not()):
            yield node.operand
        case ast.Call(args=[mask, x, y]) if last_name(node.func) in _BRANCHES:
            yield call(code, node, map(code.text, (mask, y, x)))
        case ast.Call(args=[mask, *rest]) if last_name(node.func) in _MASKED:
            yield call(code, node, [f"~{code.operand(mask)}", *map(code.text, rest)])


def one_branch(node: ast.AST, code: Code) -> Replacements:
    """A mask is not applied: targets bootstrapped past the end of an episode, padding that counts."""
    match node:
        case ast.Call(args=[_, x, y]) if last_name(node.func) in _BRANCHES:
            yield from (x, y)
        case ast.IfExp():
            yield from (node.body, node.orelse)


def wrong_comparison(node: ast.AST, code: Code) -> Replacements:
    """A bound is off by its edge, or a comparison is the wrong way round."""
    if isinstance(node, ast.Compare):
        operands = [node.left, *node.comparators]
        for i, op in enumerate(node.ops):
            for other in _OTHER_COMPARISONS[type(op)]:
                yield code.between(node, operands[i], operands[i + 1], op, other())


def forget_condition(node: ast.AST, code: Code) -> Replacements:
    """One of several conditions is left out: special tokens that may be chosen, an argument that is not checked."""
    match node:
        case ast.BoolOp(values=values, op=op):
            for i in range(len(values)):
                rest = values[:i] + values[i + 1 :]
                yield f" {code.symbol(op)} ".join(map(code.condition, rest)) if len(rest) > 1 else rest[0]
        case ast.BinOp(op=ast.BitAnd() | ast.BitOr()):
            yield from (node.left, node.right)


def ignore_condition(node: ast.AST, code: Code) -> Replacements:
    """A check is not made at all, or a case is not told from the others: bad arguments accepted, greedy never."""
    match code.parent(node):
        case ast.If(test=test, body=[ast.Raise(), *_]) if test is node:
            yield "False"
        case ast.If(test=test) if test is node:
            yield from ("True", "False")


OPERATORS = (flip_mask, one_branch, wrong_comparison, forget_condition, ignore_condition)
