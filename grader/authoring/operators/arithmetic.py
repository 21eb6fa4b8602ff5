"""Mistakes in arithmetic."""

from __future__ import annotations

import ast

from grader.authoring.code import Code, Replacements, call, last_name

_OTHER_OPERATOR: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.MatMult: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.And: ast.Or,
    ast.Or: ast.And,
}
_SIGNED = {"softplus", "sigmoid", "log_sigmoid", "logsigmoid", "exp", "softmax", "log_softmax", "argsort", "tanh"}


def forget_factor(node: ast.AST, code: Code) -> Replacements:
    """A factor, a divisor or a power is left out: attention without 1/sqrt(d_k), a step without its rate."""
    match node:
        case ast.BinOp(op=ast.Mult() | ast.MatMult()):
            yield from (node.left, node.right)
        case ast.BinOp(op=ast.Div() | ast.FloorDiv() | ast.Pow()):
            yield node.left


def forget_term(node: ast.AST, code: Code) -> Replacements:
    """A term is left out: a bias, a residual, an epsilon, the maximum that keeps a softmax from overflowing."""
    match node:
        case ast.BinOp(op=ast.Add()):
            yield from (node.left, node.right)
        case ast.BinOp(op=ast.Sub()):
            yield node.left


def swap_operands(node: ast.AST, code: Code) -> Replacements:
    """Operands come in the wrong order: `k @ q`, expected minus actual, the base and its exponent."""
    match node:
        case ast.BinOp(op=ast.Sub() | ast.Div() | ast.FloorDiv() | ast.Mod() | ast.Pow() | ast.MatMult() as op):
            yield f"{code.operand(node.right)} {code.symbol(op)} {code.operand(node.left)}"


def wrong_operator(node: ast.AST, code: Code) -> Replacements:
    """One operator stands for another: minus for plus (ascent for descent), times for divided by, or for and."""
    match node:
        case ast.BinOp(op=op) if type(op) in _OTHER_OPERATOR:
            yield code.between(node, node.left, node.right, op, _OTHER_OPERATOR[type(op)]())
        case ast.BoolOp(op=op):
            other = code.symbol(_OTHER_OPERATOR[type(op)]())
            yield f" {other} ".join(map(code.condition, node.values))
        case ast.AugAssign(op=op) if type(op) in _OTHER_OPERATOR:
            yield f"{code.text(node.target)} {code.symbol(_OTHER_OPERATOR[type(op)]())}= {code.text(node.value)}"
            yield f"{code.text(node.target)} = {code.text(node.value)}"


def wrong_sign(node: ast.AST, code: Code) -> Replacements:
    """A minus is lost or one too many: a loss to be maximised, the sigmoid of minus the logit, ranks from the least."""
    match node:
        case ast.UnaryOp(op=ast.USub()):
            yield node.operand
        case ast.Call(args=[first, *rest]) if last_name(node.func) in _SIGNED and not isinstance(first, ast.Starred):
            yield call(code, node, [f"-{code.operand(first)}", *map(code.text, rest)])


OPERATORS = (forget_factor, forget_term, swap_operands, wrong_operator, wrong_sign)
