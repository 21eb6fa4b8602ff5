"""Each operator makes the mistakes that it is named after, and no program is made twice."""

import ast
from pathlib import Path

import pytest

from grader.authoring.mutants import mutants
from grader.authoring.operators import OPERATORS

# Operator, a line of a right answer, and what the operator makes of it.
EXAMPLES = [
    ("forget_factor", "y = a / b", ["y = a"]),
    ("forget_factor", "y = (x @ w) * scale", ["y = x @ w", "y = scale", "y = (x) * scale", "y = (w) * scale"]),
    ("forget_term", "y = x + f(x)", ["y = x", "y = f(x)"]),
    ("forget_term", "y = x - x.max()", ["y = x"]),
    ("swap_operands", "y = (a + b) @ c", ["y = c @ (a + b)"]),
    ("swap_operands", "y = base ** (i / d)", ["y = (i / d) ** base", "y = base ** (d / i)"]),
    ("wrong_operator", "w -= rate * g", ["w += rate * g", "w = rate * g", "w -= rate / g"]),
    ("wrong_operator", "y = a or b", ["y = a and b"]),
    ("wrong_sign", "y = softplus(-x)", ["y = softplus(--x)", "y = softplus(x)"]),
    ("wrong_sign", "y = np.argsort(x, axis=0)", ["y = np.argsort(-x, axis=0)"]),
    ("flip_mask", "y = np.where(m, a, b)", ["y = np.where(m, b, a)"]),
    ("flip_mask", "y = x.masked_fill(m, 0.0)", ["y = x.masked_fill(~m, 0.0)"]),
    ("flip_mask", "y = ~m", ["y = m"]),
    ("one_branch", "y = np.where(done, 0, q)", ["y = 0", "y = q"]),
    ("one_branch", "y = a if b else c", ["y = a", "y = c"]),
    ("wrong_comparison", "y = x < b", ["y = x <= b", "y = x >= b"]),
    ("wrong_comparison", "y = x is not None", ["y = x is None"]),
    ("wrong_comparison", "y = a == b < c", ["y = a != b < c", "y = a == b <= c", "y = a == b >= c"]),
    (
        "forget_condition",
        "y = a < b and (c or d)",
        ["y = c or d", "y = a < b", "y = a < b and (d)", "y = a < b and (c)"],
    ),
    ("forget_condition", "y = chosen & ~special", ["y = chosen", "y = ~special"]),
    ("ignore_condition", "if n < 0: raise ValueError(n)", ["if False: raise ValueError(n)"]),
    ("ignore_condition", "if t: f()", ["if True: f()", "if False: f()"]),
    ("wrong_axis", "y = x.sum(axis=-1)", ["y = x.sum(axis=0)", "y = x.sum(axis=-2)"]),
    (
        "wrong_order",
        "y = tf.transpose(x, [0, 2, 1])",
        ["y = tf.transpose(x, [2, 0, 1])", "y = tf.transpose(x, [0, 1, 2])"],
    ),
    ("swap_arguments", "y = loss(logits, labels)", ["y = loss(labels, logits)"]),
    ("swap_arguments", "y = x.astype(np.float32)", []),
    ("off_by_one", "y = x[1:]", ["y = x[2:]", "y = x[0:]"]),
    ("off_by_one", "y = x[:n]", ["y = x[:n + 1]", "y = x[:n - 1]"]),
    ("off_by_one", "y = np.arange(n)", ["y = np.arange(1, n + 1)", "y = np.arange(n - 1)"]),
    ("wrong_constant", "y = 0.8", ["y = 1.6", "y = 0.4"]),
    ("wrong_constant", "y = 1e-8", ["y = 0.0", "y = 1e-3"]),
    ("wrong_constant", "y = -100", ["y = -200", "y = -50"]),
    ("wrong_flag", "y = model(x, training=False)", ["y = model(x, training=True)"]),
    ("confused_name", "y = x.mean()", ["y = x.sum()"]),
    ("confused_name", "y = f(x, dtype=np.float64)", ["y = f(x, dtype=np.float32)"]),
    ("confused_name", 'y = f(x, reduction="sum")', ['y = f(x, reduction="mean")']),
    ("confused_name", "y = tf.matmul(q, k, transpose_b=True)", ["y = tf.matmul(q, k, transpose_a=True)"]),
    ("confused_name", "model.eval()", ["model.train()"]),
    ("forget_call", "y = d(fake.detach())", ["y = fake.detach()", "y = d(fake)"]),
    ("forget_call", "y = np.exp(x)", ["y = x"]),
    ("forget_call", "y = max(a, b)", ["y = a", "y = b"]),
    ("forget_call", "y = [len(x) for i in range(n)]", []),
    ("forget_argument", "y = x.sum(axis=-1, keepdims=True)", ["y = x.sum(keepdims=True)", "y = x.sum(axis=-1)"]),
    ("wrong_key", 'y = p["wq"] + p["wk"]', ['y = p["wk"] + p["wk"]', 'y = p["wq"] + p["wq"]']),
    ("wrong_name", "def f(q: A, k: A, n: int): return q", ["def f(q: A, k: A, n: int): return k"]),
    ("fixed_seed", "y = Random(seed)", ["y = Random(0)"]),
    ("forget_statement", "optimizer.zero_grad()", ["pass"]),
    ("forget_statement", "kept[i] = x", ["pass"]),
]


def code(line):
    return f"import numpy as np\nimport tensorflow as tf\n{line}\n".encode()


@pytest.mark.parametrize("operator, line, expected", EXAMPLES, ids=[f"{o}: {line}" for o, line, _ in EXAMPLES])
def test_an_operator_makes_its_mistakes(operator, line, expected):
    assert [m.changed for m in mutants(code(line)) if m.operator == operator] == expected


def test_every_operator_has_an_example_and_says_what_it_imitates():
    assert {operator for operator, *_ in EXAMPLES} == set(OPERATORS)
    assert all(operator.__doc__ for operator in OPERATORS.values())


def test_no_two_mutants_are_the_same_program_and_none_is_the_original():
    source = code("y = x.mean(axis=0) - x[:, 0] * (x + 1)")
    programs = [ast.dump(ast.parse(m.source)) for m in mutants(source)]
    assert len(programs) > 10
    assert len({*programs, ast.dump(ast.parse(source))}) == len(programs) + 1


def test_words_for_readers_are_left_alone():
    source = '''"""Sum of 1."""
def f(x: "1") -> "2":
    """Returns 1 + 1."""
    return x


raise ValueError(f"{1} is not {2}")
'''
    assert mutants(source.encode()) == []


def test_a_mutant_changes_its_own_words_only():
    source = "# 中文 stays\ny = (a +\n     b)  # and so does this\n"
    forgotten = next(m for m in mutants(source.encode()) if m.operator == "forget_term")
    assert forgotten.source.decode() == "# 中文 stays\ny = (a)  # and so does this\n"
    assert forgotten.description == "line 2, forget_term: `a + b` becomes `a`"
    assert forgotten.diff.splitlines()[1:] == [
        "-y = (a +",
        "-     b)  # and so does this",
        "+y = (a)  # and so does this",
    ]


def test_what_needs_parentheses_gets_them():
    assert b"y = (a + b) * c" in [m.source.splitlines()[2] for m in mutants(code("y = f(a + b) * c"))]


def test_the_order_is_that_of_the_lines():
    found = mutants(b"a = 1 + 2\nb = 3 * 4\nc = 5 - 6\n")
    assert [m.line for m in found] == sorted(m.line for m in found)
    assert [m.source for m in found] == [m.source for m in mutants(b"a = 1 + 2\nb = 3 * 4\nc = 5 - 6\n")]


def test_the_documentation_says_of_every_operator_what_it_imitates():
    text = (Path(__file__).parents[3] / "docs" / "mutants.md").read_text(encoding="utf-8")
    for name, operator in OPERATORS.items():
        assert f"| `{name}` | {' '.join(operator.__doc__.split()).rstrip('.')} |" in text
