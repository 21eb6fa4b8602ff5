"""A sound question passes `grader check`; each fault planted in it is found and named."""

import re

import pytest

from grader.authoring.answers import check_answers, check_repeats, check_vacuous, grade_known
from grader.authoring.check import Settings, check
from grader.authoring.inspection import inspect, inspection_findings
from grader.authoring.tolerances import check_tolerances
from grader.bank import load_question

QUESTION = """
id = "unit-rows"
number = 900
frameworks = ["numpy"]
title = { en = "Rows of length one", zh = "单位长度的行" }

[[entry_points]]
name = "unit_rows"
signature = "(x)"
returns = "array"
"""
REFERENCE = """
import numpy as np


def unit_rows(x):
    return x / np.sqrt(np.sum(np.square(x), axis=-1, keepdims=True))
"""
RUBRIC = """
import numpy as np
import pytest

from grader.rubric import assert_close, assert_proportion, criterion, public


def draw(rng, *shape):
    return rng.normal(size=shape).astype(np.float32)


@criterion(points=70, title="Matches the reference")
@pytest.mark.parametrize("shape", [pytest.param((3, 4), marks=public), (2, 3, 5)])
def test_matches_reference(candidate, reference, rng, shape):
    x = draw(rng, *shape)
    assert_close(candidate.unit_rows(x), reference.unit_rows(x))


@criterion(points=30, title="Does not depend on a row's length")
def test_length(candidate, rng):
    x = draw(rng, 4, 3)
    rows = candidate.unit_rows(x)
    assert_close(candidate.unit_rows(np.float32(3) * x), rows)
    assert_close(np.square(rows).sum(axis=-1), np.ones(4, np.float32))
"""
STARTER = "def unit_rows(x):\n    raise NotImplementedError\n"
PROMPT = """# Rows of length one

    def unit_rows(x): ...

| points | for |
| --- | --- |
| 70 | values |
| 30 | rows of any length |
"""
RIGHT = """# /// right
# framework = "numpy"
# style = "numpy's own norm, in float64"
# ///

import numpy as np


def unit_rows(x):
    return (x / np.linalg.norm(x.astype(np.float64), axis=-1, keepdims=True)).astype(x.dtype)
"""
WRONG = """# /// wrong
# framework = "numpy"
# loses = ["test_matches_reference"]
# also = ["test_length"]
# diagnosis = "divided by the greatest element"
# ///

import numpy as np


def unit_rows(x):
    return x / np.abs(x).max(axis=-1, keepdims=True)
"""


@pytest.fixture
def question_with(tmp_path):
    """The question with other texts for some of its files."""

    def make(**texts):
        folder = tmp_path / "unit_rows"
        sound = {"rubric": RUBRIC, "reference": REFERENCE, "right": RIGHT, "wrong": WRONG, "starter": STARTER}
        texts = sound | {"en": PROMPT, "zh": PROMPT, "toml": QUESTION} | texts
        for name in ("reference", "right", "wrong", "starter"):
            (folder / name).mkdir(parents=True)
            (folder / name / "numpy_answer.py").write_text(texts[name])
        for language in ("en", "zh"):
            (folder / f"prompt.{language}.md").write_text(texts[language])
        (folder / "question.toml").write_text(texts["toml"])
        (folder / "rubric.py").write_text(texts["rubric"])
        return load_question(folder)

    return make


def faults(findings):
    return [f"{finding.name}: {fault}" for finding in findings for fault in finding.faults]


def inspected(sandbox, question):
    return faults(inspection_findings(question, [inspect(sandbox, question, "numpy", seed=0)]))


def tolerances(sandbox, question):
    known = grade_known(sandbox, question, "numpy", seed=0)
    return check_tolerances(sandbox, question, "numpy", 0, known)


def test_a_sound_question_has_no_fault(sandbox, question_with):
    findings = list(check(sandbox, None, question_with(), Settings(repeats=3)))
    assert faults(findings) == []
    assert {finding.name: finding.score for finding in findings if finding.score is not None} == {
        "reference": 100,
        "right/numpy_answer.py": 100,
        "wrong/numpy_answer.py": 0,
        "vacuous answers": 0,
        "reference, 3 repeats": 100,
        "mutants": 100,
    }


def test_a_wrong_reference_is_named_by_the_other_right_answers(sandbox, question_with):
    question = question_with(reference=REFERENCE.replace("np.sum", "np.mean"))
    [_, right, _] = check_answers(sandbox, question, seed=0)
    assert right.faults[0].startswith("test_matches_reference[shape0]: wrong_answer: ")


def test_a_wrong_answer_that_is_not_caught_as_its_header_says_is_named(sandbox, question_with):
    question = question_with(wrong=WRONG.replace('"test_length"', '"test_sum"'))
    [_, _, wrong] = check_answers(sandbox, question, seed=0)
    assert wrong.faults[0] == "test_sum is no criterion of numpy"
    assert wrong.faults[1].startswith("test_length is lost too: test_length: wrong_answer: ")


def test_points_for_nothing_are_named(sandbox, question_with):
    cheap = RUBRIC.replace("    assert_close(np.square(rows).sum(axis=-1), np.ones(4, np.float32))\n", "")
    found = faults([check_vacuous(sandbox, question_with(rubric=cheap), "numpy", seed=0)])
    assert "vacuous answers: zeros: 30 points in test_length; let them earn under 10" in found


def test_a_criterion_that_fails_once_in_a_hundred_runs_is_named(sandbox, question_with):
    flaky = RUBRIC + "    assert rng.random() > 0.01, 'a bound too narrow'\n"
    found = check_repeats(sandbox, question_with(rubric=flaky), "numpy", seed=0, repeats=500)
    [fault] = found.faults
    assert fault.startswith("test_length fails in ")
    assert fault.endswith("a bound too narrow")


@pytest.mark.parametrize(
    ("rtol", "says"),
    [("2e-2", "times what right answers differ by"), ("3e-8", "is narrow: ")],
    ids=["a thousand times too wide", "too narrow"],
)
def test_a_tolerance_that_does_not_fit_is_named_with_its_line(sandbox, question_with, rtol, says):
    old = "assert_close(candidate.unit_rows(x), reference.unit_rows(x))"
    rubric = RUBRIC.replace(old, f"{old[:-1]}, rtol={rtol}, atol=0)")
    [fault] = tolerances(sandbox, question_with(rubric=rubric)).faults
    line = rubric[: rubric.index(f"rtol={rtol}")].count("\n") + 1
    assert fault.startswith(f"rubric.py:{line}: rtol={float(rtol):g}, atol=0 is")
    assert says in fault


def test_a_wrong_answer_that_hardly_differs_is_named(sandbox, question_with):
    near = WRONG.replace(
        "np.abs(x).max(axis=-1, keepdims=True)", "np.sqrt(np.square(x).sum(-1, keepdims=True)) * 1.0001"
    )
    [fault] = tolerances(sandbox, question_with(wrong=near)).faults
    assert re.search(r"wrong/numpy_answer.py differs by \d\.\d times the tolerance only", fault)


def test_a_criterion_that_never_calls_the_answer_is_named(sandbox, question_with):
    idle = RUBRIC[: RUBRIC.index("    x = draw(rng, 4, 3)")] + "    assert candidate\n"
    line = RUBRIC[: RUBRIC.index("def test_length")].count("\n") + 1
    question = question_with(rubric=idle)
    assert inspected(sandbox, question) == [
        f"public cases: {question.rubric}:{line}: test_length never calls the answer"
    ]


def test_a_hidden_case_that_a_public_one_shows_is_named(sandbox, question_with):
    leaked = RUBRIC.replace("    x = draw(rng, *shape)\n", "    x = np.ones((2, 3), np.float32)\n")
    assert any(
        "test_matches_reference[shape1] is hidden, and asks for nothing that a public case does not show" in fault
        for fault in inspected(sandbox, question_with(rubric=leaked))
    )


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("unit_rows(x)", "unit_rows(rows)", "`unit_rows(x)` is not in it"),
        ("| 30 |", "| 20 |", "the table lacks a row of 30 points for test_length"),
        (
            "| 70 | values",
            "| 70 | values |\n| 10 | more",
            ": the table gives 10 points for which there is no criterion",
        ),
    ],
    ids=["signature", "points", "more points"],
)
def test_a_prompt_that_does_not_say_what_is_judged_is_named(sandbox, question_with, language, old, new, says):
    question = question_with(**{language: PROMPT.replace(old, new)})
    found = [fault for fault in inspected(sandbox, question) if f"prompt.{language}.md" in fault]
    assert any(says in fault for fault in found), found


def test_a_limit_that_the_reference_nearly_reaches_is_named(sandbox, question_with):
    slow = REFERENCE.replace("    return", "    sum(range(10**7))\n    return")
    question = question_with(reference=slow, toml=QUESTION + "\n[limits]\ncall_seconds = 0.3\n")
    assert any("takes the reference more than a third of a limit" in fault for fault in inspected(sandbox, question))


def test_what_is_left_to_chance_is_added_up(sandbox, question_with):
    rubric = RUBRIC + "    for _ in range(3):\n        assert_proportion(5, 10, 0.5)\n"
    question = question_with(rubric=rubric)
    findings = inspection_findings(question, [inspect(sandbox, question, "numpy", seed=0)])
    [chance] = [finding for finding in findings if finding.name == "chance"]
    assert chance.summary == "fails a right answer with a probability below 3e-09: test_length 3e-09"
