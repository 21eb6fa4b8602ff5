"""Mistakes in calls, names and statements."""

from __future__ import annotations

import ast

from grader.authoring.code import Code, Replacements, last_name

_CONFUSED = {
    **{"mean": "sum", "sum": "mean", "reduce_mean": "reduce_sum", "reduce_sum": "reduce_mean", "std": "var"},
    **{"max": "min", "min": "max", "amax": "amin", "amin": "amax", "maximum": "minimum", "minimum": "maximum"},
    **{"reduce_max": "reduce_min", "reduce_min": "reduce_max", "argmax": "argmin", "argmin": "argmax"},
    **{"any": "all", "all": "any", "reduce_any": "reduce_all", "reduce_all": "reduce_any", "cumsum": "cumprod"},
    **{"sin": "cos", "cos": "sin", "log": "log2", "exp": "exp2", "sqrt": "square", "floor": "ceil", "ceil": "floor"},
    **{"zeros": "ones", "ones": "zeros", "zeros_like": "ones_like", "ones_like": "zeros_like", "append": "extend"},
    **{"softmax": "log_softmax", "log_softmax": "softmax", "softplus": "relu", "mse_loss": "l1_loss"},
    **{"rand": "randn", "randn": "rand", "uniform": "normal", "normal": "uniform"},
    **{"random": "standard_normal", "stateless_normal": "stateless_uniform", "sample": "choices"},
    **{"float64": "float32", "double": "float", "int64": "int32", "float32": "float16"},
    **{"no_grad": "enable_grad", "eval": "train", "transpose_b": "transpose_a"},
}
# Without these a call is not forgotten but a different program.
_NEVER_FORGOTTEN = {
    *("range", "len", "zip", "map", "enumerate", "isinstance", "super", "getattr", "print", "wraps"),
    *("zeros", "ones", "full", "arange", "empty", "eye", "rand", "randn", "randint", "manual_seed", "from_seed"),
    *("default_rng", "set_random_seed", "constant", "finfo", "deque", "function"),
}
_OF_NO_EFFECT = {"strict", "device"}  # keywords that check, or that the machine at hand cannot tell apart


def confused_name(node: ast.AST, code: Code) -> Replacements:
    """One function, dtype or option is taken for its neighbour: mean for sum, single precision for double."""
    match node:
        case ast.Attribute(value=value, attr=name) if name in _CONFUSED:
            yield f"{code.text(value)}.{_CONFUSED[name]}"
        case ast.Name(id=name) if name in _CONFUSED and isinstance(code.parent(node), ast.Call):
            yield _CONFUSED[name]
        case ast.Constant(value="sum" | "mean" | "max" | "min" as name):
            yield repr(_CONFUSED[name]).replace("'", '"')
        case ast.Call(func=function, args=args, keywords=keywords):
            for i, keyword in enumerate(keywords):
                if keyword.arg in _CONFUSED:
                    renamed = [f"{_CONFUSED[keyword.arg]}={code.text(keyword.value)}"]
                    others = [code.text(k) for k in keywords[:i]], [code.text(k) for k in keywords[i + 1 :]]
                    texts = [*map(code.text, args), *others[0], *renamed, *others[1]]
                    yield f"{code.text(function)}({', '.join(texts)})"


def forget_call(node: ast.AST, code: Code) -> Replacements:
    """A step is left out: no detach, no exponential, no softmax, no transpose, no cast, no copy, no clamp."""
    if not isinstance(node, ast.Call) or isinstance(code.parent(node), ast.Expr | ast.withitem):
        return
    name = last_name(node.func).lstrip("_")
    if name in _NEVER_FORGOTTEN or name[:1].isupper():
        return
    if isinstance(node.func, ast.Attribute) and not code.is_module(node.func):
        yield node.func.value
        return
    match node.args:
        case [first, *rest] if code.is_value(first) and (not rest or isinstance(node.func, ast.Attribute)):
            yield first
        case [first, second] if name in ("max", "min"):
            yield from (first, second)


def forget_argument(node: ast.AST, code: Code) -> Replacements:
    """An option is left at its default: the reduction over all axes, single precision, the global generator."""
    if isinstance(node, ast.Call):
        for i, keyword in enumerate(node.keywords):
            if keyword.arg and keyword.arg not in _OF_NO_EFFECT:
                rest = node.keywords[:i] + node.keywords[i + 1 :]
                yield f"{code.text(node.func)}({', '.join(map(code.text, [*node.args, *rest]))})"


def wrong_key(node: ast.AST, code: Code) -> Replacements:
    """One parameter is taken for another: the value's projection for the key's."""
    match node:
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str() as key)):
            keys = code.keys(name)
            other = keys[(keys.index(key) + 1) % len(keys)]
            if other != key:
                yield f'{name}["{other}"]'


def wrong_name(node: ast.AST, code: Code) -> Replacements:
    """One argument is taken for the next one of its type: the key for the value."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        alike = code.arguments_like(node)
        if len(alike) > 1:
            yield alike[(alike.index(node.id) + 1) % len(alike)]


def fixed_seed(node: ast.AST, code: Code) -> Replacements:
    """The seed is not used."""
    if isinstance(node, ast.Name) and node.id == "seed" and isinstance(node.ctx, ast.Load):
        yield "0"


def forget_statement(node: ast.AST, code: Code) -> Replacements:
    """A step is left out: gradients not zeroed, a model left in train mode, a target network never renewed, no end."""
    match node:
        case ast.Expr(value=ast.Call(func=function)) if "super" not in code.text(function):
            yield "pass"
        case ast.Assign(targets=[ast.Subscript() | ast.Attribute()]) if code.text(node.targets[0]) in code.earlier(
            node
        ):
            yield "pass"
        case ast.Assign(targets=[ast.Subscript()]) | ast.AugAssign() | ast.Break() | ast.Continue():
            yield "pass"


OPERATORS = (confused_name, forget_call, forget_argument, wrong_key, wrong_name, fixed_seed, forget_statement)
