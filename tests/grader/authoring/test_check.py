"""A sound question passes `grader check`; each fault planted in it is found and named."""

import pytest

from grader.authoring.answers import check_answers, check_repeats, check_vacuous
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

from grader.rubric import assert_close, criterion


def draw(rng, *shape):
    return rng.normal(size=shape).astype(np.float32)


@criterion(points=70, title="Matches the reference")
@pytest.mark.parametrize("shape", [(3, 4), (2, 3, 5)])
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
        texts = {"rubric": RUBRIC, "reference": REFERENCE, "right": RIGHT, "wrong": WRONG, **texts}
        for name in ("reference", "right", "wrong"):
            (folder / name).mkdir(parents=True)
            (folder / name / "numpy_answer.py").write_text(texts[name])
        (folder / "question.toml").write_text(QUESTION)
        (folder / "rubric.py").write_text(texts["rubric"])
        return load_question(folder)

    return make


def faults(findings):
    return [f"{finding.name}: {fault}" for finding in findings for fault in finding.faults]


def test_a_sound_question_has_no_fault(sandbox, question_with):
    question = question_with()
    findings = [
        *check_answers(sandbox, question, seed=0),
        check_vacuous(sandbox, question, "numpy", seed=0),
        check_repeats(sandbox, question, "numpy", seed=0, repeats=3),
    ]
    assert faults(findings) == []
    assert {finding.name: finding.score for finding in findings} == {
        "reference": 100,
        "right/numpy_answer.py": 100,
        "wrong/numpy_answer.py": 0,
        "vacuous answers": 0,
        "reference, 3 repeats": 100,
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
