"""Editors complete `candidate` in a rubric from the question's entry points."""

import shutil
from pathlib import Path

import jedi
import pytest

from grader.authoring.prompts import prompt_faults
from grader.authoring.stubs import stub, write_stub
from grader.bank import load_question

ROOT = Path(__file__).parent.parent.parent.parent
TOY = ROOT / "tests" / "bank" / "rubrics" / "toy"
RUBRIC = """
def test_double(candidate, reference):
    candidate.double(1)
    reference.Counter(2).add(3)
"""


@pytest.fixture
def question(tmp_path):
    shutil.copytree(TOY, tmp_path / "toy")
    (tmp_path / "toy" / "rubric.py").write_text(RUBRIC)
    question = load_question(tmp_path / "toy")
    write_stub(question)
    return question


def script(question):
    project = jedi.Project(question.folder, added_sys_path=[str(ROOT)])
    return jedi.Script(path=question.rubric, project=project)


def test_an_editor_completes_the_entry_points(question):
    names = [completion.name for completion in script(question).complete(3, len("    candidate."))]
    assert names[:3] == ["count", "Counter", "double"]


def test_an_editor_shows_an_entry_points_arguments_and_result(question):
    [signature] = script(question).get_signatures(3, len("    candidate.double("))
    assert signature.to_string() == "double(x) -> np.ndarray"


def test_what_a_class_makes_is_a_handle(question):
    [found] = script(question).infer(4, len("    reference.Counter"))
    assert "-> Handle" in found.get_line_code()


def test_a_stub_of_other_entry_points_is_named(question):
    assert not any("grader stub" in fault for fault in prompt_faults(question, {}))
    toml = question.folder / "question.toml"
    toml.write_text(toml.read_text().replace("(step, times)", "(step, times=1)"))
    changed = load_question(question.folder)
    path = question.folder / "conftest.py"
    assert f"{path} is not what the entry points say: run `grader stub toy`" in prompt_faults(changed, {})
    assert "def count(self, step, times=1) -> float: ..." in stub(changed)
