"""What many tests share: a sandbox, and a way to grade one answer to the toy question."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.bank import Question, load_question
from grader.grading import grade
from grader.pytest_plugin import Job
from grader.reference import reference_source
from grader.report.model import CaseResult, CriterionResult
from grader.scoring import Graded as ScoredAnswer
from grader.source import Source
from sandbox.base import SandboxUnavailable
from sandbox.docker import DockerSandbox
from sandbox.local import LocalSandbox
from tests.demo import demo as demo

BANK = Path(__file__).parent / "bank"
ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def sandbox() -> Iterator[LocalSandbox]:
    with LocalSandbox() as opened:
        yield opened


@pytest.fixture(scope="session")
def docker_sandbox() -> Iterator[DockerSandbox]:
    """Real containers of a real engine. GRADER_REQUIRE_DOCKER=1 makes a failure of their absence."""
    try:
        opened = DockerSandbox()
    except SandboxUnavailable as error:
        if os.environ.get("GRADER_REQUIRE_DOCKER"):
            pytest.fail(str(error))
        pytest.skip(str(error))
    with opened:
        yield opened


@pytest.fixture(scope="session")
def toy() -> Question:
    return load_question(BANK / "rubrics" / "toy", BANK / "reference")


class Graded(dict[str, CriterionResult]):
    """The toy question's criteria of one answer, by name."""

    def verdicts(self, name: str) -> list[str]:
        return [case.verdict.value for case in self[name].cases]

    def first(self, name: str) -> CaseResult:
        return self[name].cases[0]

    @property
    def score(self) -> float:
        return sum(criterion.earned for criterion in self.values())


@pytest.fixture
def grade_toy(sandbox: LocalSandbox, toy: Question) -> Callable[..., Graded]:
    """Grade one answer to the toy question: the numpy reference, with `source` after it, so that it overrides parts."""

    def grade_one(source: str = "", whole: bool = False, refused: str = "") -> Graded:
        code = source if whole else toy.reference_source("numpy").decode() + "\n\n" + source
        results: list[ScoredAnswer] = []
        job = Job(Source({"answer.py": code.encode()}, "answer.py", "numpy"), refused)
        grade(sandbox, toy, "numpy", [job], 5, {}, lambda _, graded: results.append(graded))
        return Graded({criterion.name: criterion for criterion in results[0].criteria})

    return grade_one


@pytest.fixture
def question_with(tmp_path: Path) -> Callable[..., Path]:
    """The toy question with another rubric, or with a changed question.toml."""

    def make(rubric: str | None = None, replace: tuple[str, str] | None = None) -> Path:
        folder = tmp_path / "rubrics" / "toy"
        shutil.copytree(BANK / "rubrics" / "toy", folder)
        if rubric is not None:
            (folder / "rubric.py").write_text(rubric)
        if replace:
            path = folder / "question.toml"
            path.write_text(path.read_text().replace(*replace))
        return folder

    return make


def grade_reference(sandbox: LocalSandbox, folder: Path) -> tuple[CriterionResult, ...]:
    """The criteria of the toy's numpy reference under the question in `folder`."""
    question = load_question(folder, BANK / "reference")
    results: list[ScoredAnswer] = []
    grade(sandbox, question, "numpy", [Job(reference_source(question, "numpy"))], 0, {}, lambda _, c: results.append(c))
    return results[0].criteria
