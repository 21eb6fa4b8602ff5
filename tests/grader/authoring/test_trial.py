"""Mutants of the toy question: what its rubric sees is dead, what gives the same is equivalent, the rest survives."""

import re
from pathlib import Path

import pytest

from grader.authoring.mutation import check_mutants
from grader.authoring.pool import Pool
from grader.authoring.replay import difference, record
from grader.authoring.trial import try_mutants
from grader.bank import load_question
from grader.errors import QuestionError
from grader.source import Source

BANK = Path(__file__).parent.parent.parent / "bank"
# What the toy's rubric does not see of it: inputs that reach the bounds.
REFERENCE = """
import numpy as np


def double(x):
    if x is None:
        raise ValueError("x is None")
    return np.clip(x + x, -8.0, 9)


def count(step, times):
    return sum(float(step(i)) for i in range(times))


class Counter:
    def __init__(self, start):
        self.value = start

    def add(self, amount):
        self.value += amount
        return self.value
"""
LOWER, UPPER = "return np.clip(x + x, -16.0, 9)", "return np.clip(x + x, -8.0, 10)"


@pytest.fixture(scope="module")
def question(tmp_path_factory):
    """The toy question in numpy alone, in a folder of the test's own."""
    folder = tmp_path_factory.mktemp("bank") / "toy"
    (folder / "reference").mkdir(parents=True)
    for name in ("rubric.py", "question.toml"):
        text = (BANK / "rubrics" / "toy" / name).read_text(encoding="utf-8")
        (folder / name).write_text(re.sub("^frameworks = .*", 'frameworks = ["numpy"]', text, flags=re.M), "utf-8")
    (folder / "reference" / "numpy_answer.py").write_text(REFERENCE)
    return load_question(folder)


def waited(sandbox, question):
    with Pool(sandbox, question, 5, 1) as pool:
        return try_mutants(pool, question)()


@pytest.fixture(scope="module")
def trials(sandbox, question):
    return {(t.mutant.operator, t.mutant.changed): t for t in waited(sandbox, question)["numpy"]}


def test_what_costs_points_is_dead_and_the_case_is_named(trials):
    trial = trials["wrong_operator", "return np.clip(x - x, -8.0, 9)"]
    assert re.match(r"test_\w+(\[\d+\])?: the result differs at", trial.lost)
    assert not trial.differs and not trial.equivalent


def test_what_gives_the_same_to_every_input_is_equivalent(trials):
    assert trials["forget_call", "return sum(step(i) for i in range(times))"].equivalent


@pytest.mark.parametrize("operator, line", [("wrong_constant", LOWER), ("off_by_one", UPPER)])
def test_a_survivor_is_told_apart_by_an_input(trials, operator, line):
    trial = trials[operator, line]
    assert not trial.lost and not trial.equivalent
    assert re.match(r"double\(float32\[.*\]\): the result differs at .*", trial.differs)


def other(code):
    return Source({"numpy_answer.py": code.encode()}, "numpy_answer.py", "numpy")


@pytest.fixture(scope="module")
def tape(sandbox, question):
    return record(sandbox, question, "numpy", [6], {})


@pytest.mark.parametrize(
    "old, new, says",
    [
        ("x + x", "2 * x", ""),
        ("sum(float(step(i)) for i in range(times))", "float(sum(map(step, range(times))))", ""),
        ("x + x", "abs(x) + abs(x)", "double("),
        ("float(step(i))", "float(step(i) + 0 * step(0))", "calls what it is given"),
        ("self.value = start", "self.value = start + 1", "get("),
        ("self.value += amount", "self.value = self.value + abs(amount)", ""),
        (
            "is None:\n        raise ValueError",
            "is None:\n        raise TypeError",
            "gives TypeError where the reference gives ValueError",
        ),
    ],
    ids=["another form", "another loop", "another value", "another call", "another state", "unseen", "another error"],
)
def test_two_answers_are_told_apart_by_what_they_give_call_or_keep(sandbox, question, tape, old, new, says):
    assert old in REFERENCE
    found = difference(sandbox, question, other(REFERENCE.replace(old, new)), tape)
    assert says in found
    assert bool(found) == bool(says)


def findings(sandbox, question, explanations=""):
    (question.folder / "survivors.toml").write_text(explanations)
    told = []
    [finding] = check_mutants(sandbox, question, 5, 1, lambda done, total: told.append((done, total)))
    assert told[-1][0] == told[-1][1] > 10
    return finding


def test_survivors_are_listed_with_diff_and_input_until_they_are_explained(sandbox, question, trials):
    survivors = [t for t in trials.values() if t.differs]
    finding = findings(sandbox, question)
    assert len(finding.notes) == len(survivors) > 2
    note = next(note for note in finding.notes if LOWER in note)
    assert note.splitlines()[0] == "line 8, wrong_constant: `-8.0` becomes `-16.0`"
    assert "-    return np.clip(x + x, -8.0, 9)\n+    return np.clip(x + x, -16.0, 9)\ndouble(" in note
    killed = sum(bool(t.lost) for t in trials.values())
    assert finding.score == pytest.approx(100 * killed / (killed + len(survivors)))
    assert bool(finding.faults) == (finding.score < 95)

    explained = findings(
        sandbox,
        question,
        f'[[survivor]]\noperator = "wrong_constant"\nline = "{LOWER}"\nwhy = "the bound is not asked for"\n'
        f'[[survivor]]\noperator = "off_by_one"\nline = "{UPPER}"\nequivalent = true\nwhy = "either bound is right"\n',
    )
    assert "line 8, wrong_constant: `-8.0` becomes `-16.0`: the bound is not asked for" in explained.notes
    assert "1 are as right; 1 survivors are explained" in explained.summary
    assert explained.score == pytest.approx(100 * killed / (killed + len(survivors) - 1))


def test_all_survivors_of_a_line_may_have_one_explanation(sandbox, question, trials):
    line = "return np.clip(x + x, -8.0, 9)"
    survivors = [t for t in trials.values() if t.differs]
    of_line = [t for t in survivors if t.mutant.of == line]
    assert len(of_line) > 1
    finding = findings(sandbox, question, f'[[survivor]]\nof = "{line}"\nwhy = "the bounds are not asked for"\n')
    assert f"{len(of_line)} survivors are explained, {len(survivors) - len(of_line)} are not" in finding.summary


@pytest.mark.parametrize(
    "text, says",
    [
        ('[[survivor]]\nline = "y"\nwhy = "z"\n', ":1: a survivor is named by its operator and line, or by the line"),
        ('[[survivor]]\nof = "gone()"\nwhy = "z"\n', ":1: no operator makes a mutant of the line `gone()`"),
        (
            '[[survivor]]\nof = ["return np.clip(x + x, -8.0, 9)", "gone()"]\nwhy = "z"\n',
            ":1: no operator makes a mutant of the line `gone()`",
        ),
        ('[[survivor]]\noperator = "off_by_one"\nline = "y"\nwhy = "z"\nbecause = "w"\n', ":1: because:"),
        ('\n[[survivor]]\noperator = "off_by_one"\nline = "y"\n', ":2: why:"),
        (
            '\n\n[[survivor]]\noperator = "off_by_one"\nline = "gone()"\nwhy = "z"\n',
            ":3: off_by_one makes no mutant with the line `gone()`",
        ),
        ("[[survivor]\n", "survivors.toml: "),
    ],
    ids=["no operator", "no such line", "one of two lines", "unknown key", "missing key", "no such mutant", "no TOML"],
)
def test_a_wrong_explanation_is_refused_with_its_line(sandbox, question, text, says):
    with pytest.raises(QuestionError) as refused:
        findings(sandbox, question, text)
    assert str(question.folder / "survivors.toml") in str(refused.value)
    assert says in str(refused.value)
