"""Starter kits, and a candidate's tries of the public cases."""

import shutil
from pathlib import Path

import pytest

from grader import kit
from grader.bank import load_question
from grader.errors import UsageError
from grader.verdicts import Verdict

TOY = Path(__file__).parent.parent / "bank"


@pytest.fixture
def question(tmp_path):
    """The toy question, in a folder of its own, with all that a kit needs."""
    folder = tmp_path / "bank" / "toy"
    shutil.copytree(TOY / "rubrics" / "toy", folder)
    shutil.copytree(TOY / "reference" / "toy", folder / "reference")
    for name in ("starter", "support"):
        (folder / name).mkdir()
    (folder / "starter" / "numpy_answer.py").write_text("def double(x):\n    raise NotImplementedError\n")
    (folder / "support" / "tiny.npz").write_bytes(b"weights")
    (folder / "prompt.en.md").write_text("# Toy\n")
    (folder / "prompt.zh.md").write_text("# 玩具\n")
    return load_question(folder)


@pytest.fixture
def folder(question, sandbox, tmp_path):
    kit.write_kit([question], "numpy", tmp_path / "kit", sandbox, lambda _: None)
    return tmp_path / "kit"


def test_a_kit_has_the_prompts_a_starter_what_is_supplied_and_a_readme(folder):
    names = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    own = ("prompt.en.md", "prompt.zh.md", "numpy_answer.py", "tiny.npz", "public_cases.md")
    assert names == {"README.md", *(f"toy/{name}" for name in own)}
    assert "grader try kit --question toy" in (folder / "README.md").read_text()


def test_public_cases_are_told_by_their_values_and_hidden_ones_not_at_all(folder):
    text = (folder / "toy" / "public_cases.md").read_text()
    assert "`test_double[1]`" in text
    assert "double(array([" in text
    assert "test_double[3]" not in text


def test_trying_an_answer_says_what_is_wrong_with_it(folder, question, sandbox):
    answer = folder / "toy" / "numpy_answer.py"
    (tried,) = kit.try_answers(folder, question, sandbox)
    (case,) = tried.criteria[0].cases
    assert case.verdict is Verdict.RUNTIME_ERROR
    assert "numpy_answer.py:2 NotImplementedError" in case.message

    answer.write_bytes(question.reference_source("numpy"))
    (tried,) = kit.try_answers(folder, question, sandbox)
    assert [case.verdict for criterion in tried.criteria for case in criterion.cases] == [Verdict.PASSED]

    answer.write_text("import subprocess\n")
    (tried,) = kit.try_answers(folder, question, sandbox)
    assert tried.policy[0].line == 1
    assert tried.criteria[0].cases[0].verdict is Verdict.POLICY_VIOLATION


def test_what_cannot_be_written_or_tried_is_told(folder, question, sandbox, tmp_path):
    with pytest.raises(UsageError, match="kit is not empty"):
        kit.write_kit([question], "numpy", folder, sandbox, print)
    only_numpy = question.model_copy(update={"frameworks": ("numpy",)})
    with pytest.raises(UsageError, match="toy is asked for in numpy, not in torch"):
        kit.write_kit([only_numpy], "torch", tmp_path / "other", sandbox, print)
    (tmp_path / "q01.zip").write_bytes(b"no archive")
    with pytest.raises(UsageError, match=r"q01\.zip has no answer to toy: q01\.zip "):
        list(kit.try_answers(tmp_path / "q01.zip", question, sandbox))
