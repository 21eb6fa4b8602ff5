"""Prove a rubric: the reference earns everything in every framework, and every wrong answer loses what it is meant to
lose.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from grader.authoring.wrong import WrongAnswer, wrong_answers
from grader.bank import Question
from grader.grading import grade
from grader.pytest_plugin import Job
from grader.reference import ReferenceCache, reference_source
from grader.report.model import CriterionResult
from grader.scoring import Graded
from grader.verdicts import Verdict
from sandbox.base import Sandbox


@dataclass(frozen=True)
class Finding:
    """One answer under the question's rubric. `faults` says what falls short; empty where it is as it should be."""

    question: str
    framework: str
    name: str
    score: float
    seconds: float
    faults: tuple[str, ...] = field(default=())


def check_question(sandbox: Sandbox, question: Question, seed: int, references_only: bool = False) -> Iterator[Finding]:
    """Grade the references and the wrong answers. Raises QuestionError where the question's files are wrong."""
    wrong = [] if references_only else wrong_answers(question)
    for framework in question.frameworks:
        mine = [w for w in wrong if w.header.framework == framework]
        jobs = [Job(reference_source(question, framework)), *(Job(w.source) for w in mine)]
        results: dict[int, Graded] = {}
        cache: ReferenceCache = {}
        grade(sandbox, question, framework, jobs, seed, cache, results.__setitem__)
        yield _finding(question, framework, "reference", results[0], _reference_faults(results[0].criteria))
        for i, answer in enumerate(mine, 1):
            yield _finding(
                question, framework, answer.path.stem, results[i], _wrong_faults(answer, results[i].criteria)
            )


def _finding(question: Question, framework: str, name: str, graded: Graded, faults: tuple[str, ...]) -> Finding:
    cases = [case for criterion in graded.criteria for case in criterion.cases]
    errors = tuple(f"{case.name}: {case.message}" for case in cases if case.verdict is Verdict.GRADER_ERROR)
    seconds = sum(case.seconds or 0.0 for case in cases)
    return Finding(question.id, framework, name, graded.score, seconds, faults + errors)


def _reference_faults(criteria: tuple[CriterionResult, ...]) -> tuple[str, ...]:
    return tuple(
        f"{case.name}: {case.verdict.value}: {case.message}" for criterion in criteria for case in criterion.not_passed
    )


def _wrong_faults(answer: WrongAnswer, criteria: tuple[CriterionResult, ...]) -> tuple[str, ...]:
    lost = {criterion.name for criterion in criteria if criterion.earned < criterion.points}
    known = {criterion.name for criterion in criteria}
    header = answer.header
    return (
        *(
            f"{name} is no criterion of {header.framework}"
            for name in (*header.loses, *header.also)
            if name not in known
        ),
        *(f"{name} does not catch it" for name in header.loses if name in known - lost),
        *(
            f"{name} is lost too: {_first_failure(criteria, name)}"
            for name in sorted(lost - {*header.loses, *header.also})
        ),
    )


def _first_failure(criteria: tuple[CriterionResult, ...], name: str) -> str:
    case = next(c for c in criteria if c.name == name).not_passed[0]
    return f"{case.name}: {case.verdict.value}: {case.message}"
