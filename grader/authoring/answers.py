"""What known answers earn: the reference and other right ways everything, wrong ones less, empty ones nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.authoring.finding import Finding
from grader.authoring.one_worker import OneWorker
from grader.authoring.right import RightAnswer, right_answers
from grader.authoring.vacuous import MOST_POINTS, VACUOUS
from grader.authoring.wrong import WrongAnswer, wrong_answers
from grader.bank import Question
from grader.comparison import Comparison, watched
from grader.grading import grade
from grader.pytest_plugin import Job
from grader.reference import reference_source
from grader.report.model import CaseResult
from grader.report.text import first_line
from grader.scoring import Graded
from grader.verdicts import Verdict
from sandbox.base import Sandbox


@dataclass(frozen=True)
class Known:
    """A known answer, graded, with every comparison within a tolerance that the rubric made of it.

    `answer` is None for the reference.
    """

    name: str
    answer: RightAnswer | WrongAnswer | None
    graded: Graded
    comparisons: Sequence[Comparison]


def grade_known(
    sandbox: Sandbox, question: Question, framework: str, seed: int, references_only: bool = False
) -> list[Known]:
    """The reference, the other right answers, and the wrong ones. Raises QuestionError."""
    known = [] if references_only else known_answers(question, framework)
    jobs = [Job(reference_source(question, framework)), *(Job(answer.source) for answer in known)]
    graded = watch_jobs(sandbox, question, framework, jobs, seed)
    names = ["reference", *map(name_of, known)]
    return [Known(n, a, *found) for n, a, found in zip(names, [None, *known], graded, strict=True)]


def known_answers(question: Question, framework: str) -> list[RightAnswer | WrongAnswer]:
    """The other right answers in a framework, then the wrong ones. Raises QuestionError."""
    both: list[RightAnswer | WrongAnswer] = [*right_answers(question), *wrong_answers(question)]
    return [answer for answer in both if answer.header.framework == framework]


def name_of(answer: RightAnswer | WrongAnswer) -> str:
    return f"{answer.path.parent.name}/{answer.path.name}"


def watch_jobs(
    sandbox: Sandbox, question: Question, framework: str, jobs: Sequence[Job], seed: int
) -> list[tuple[Graded, list[Comparison]]]:
    """Each job's result, and the comparisons that were made of it."""
    found: dict[int, tuple[Graded, list[Comparison]]] = {}
    seen: list[Comparison] = []

    def finished(index: int, graded: Graded) -> None:
        found[index] = graded, seen.copy()
        seen.clear()

    with watched(seen.append, str(question.rubric)):
        grade(sandbox, question, framework, jobs, seed, {}, finished)
    return [found[i] for i in range(len(jobs))]


def answers_findings(question: Question, framework: str, known: Sequence[Known]) -> Iterator[Finding]:
    for one in known:
        wrong = isinstance(one.answer, WrongAnswer)
        faults = _faults_of_wrong(one.answer, one.graded) if wrong else _faults_of_right(one.graded)  # type: ignore[arg-type]
        errors = tuple(_said(case) for case in _not_passed(one.graded) if case.verdict is Verdict.GRADER_ERROR)
        yield Finding(question.id, framework, one.name, one.graded.score, _seconds(one.graded), faults + errors)


def check_answers(sandbox: Sandbox, question: Question, seed: int, references_only: bool = False) -> Iterator[Finding]:
    """Grade the references, the other right answers and the wrong ones, in every framework.

    Raises QuestionError where the question's files are wrong.
    """
    for framework in question.frameworks:
        known = grade_known(sandbox, question, framework, seed, references_only)
        yield from answers_findings(question, framework, known)


def check_vacuous(sandbox: Sandbox, question: Question, framework: str, seed: int) -> Finding:
    """Grade answers that compute nothing: each must earn less than `MOST_POINTS`."""
    jobs = [Job(reference_source(question, framework), session=session) for session in VACUOUS.values()]
    graded = dict(zip(VACUOUS, _graded(sandbox, question, framework, jobs, seed), strict=True))
    return Finding(
        *(question.id, framework, "vacuous answers"),
        score=max(found.score for found in graded.values()),
        seconds=sum(map(_seconds, graded.values())),
        faults=tuple(
            f"{name}: {found.score:g} points in {', '.join(_earning(found))}; let them earn under {MOST_POINTS:g}"
            for name, found in graded.items()
            if found.score >= MOST_POINTS
        ),
        summary=", ".join(f"{name} {found.score:.3g}" for name, found in graded.items()),
    )


def check_repeats(sandbox: Sandbox, question: Question, framework: str, seed: int, repeats: int) -> Finding:
    """Grade the reference under `repeats` further run seeds: it may not lose a point."""
    seeds = range(seed + 1, seed + 1 + repeats)
    jobs = [Job(reference_source(question, framework), session=OneWorker, seed=each) for each in seeds]
    graded = _graded(sandbox, question, framework, jobs, seed)
    failed = [(each, case) for each, found in zip(seeds, graded, strict=True) for case in _not_passed(found)]
    by_case = {case.name: [each for each, other in failed if other.name == case.name] for _, case in failed}
    messages = {case.name: first_line(case.message) for _, case in reversed(failed)}
    return Finding(
        *(question.id, framework, f"reference, {repeats} repeats"),
        score=min(found.score for found in graded),
        seconds=sum(map(_seconds, graded)),
        faults=tuple(
            f"{name} fails in {len(found)} of {repeats} repeats; with --seed {found[0]}: {messages[name]}"
            for name, found in by_case.items()
        ),
        # no failure in n: below 3 / n with 95 % confidence (Hanley and Lippman-Hand, JAMA 249, 1983)
        summary="" if failed or repeats < 3 else f"it fails in less than {300 / repeats:.2g} % of runs (95 % sure)",
    )


def _graded(sandbox: Sandbox, question: Question, framework: str, jobs: Sequence[Job], seed: int) -> list[Graded]:
    results: dict[int, Graded] = {}
    grade(sandbox, question, framework, jobs, seed, {}, results.__setitem__)
    return [results[i] for i in range(len(jobs))]


def _seconds(graded: Graded) -> float:
    return sum(case.seconds or 0.0 for criterion in graded.criteria for case in criterion.cases)


def _not_passed(graded: Graded) -> list[CaseResult]:
    return [case for criterion in graded.criteria for case in criterion.not_passed]


def _earning(graded: Graded) -> list[str]:
    return [criterion.name for criterion in graded.criteria if criterion.earned]


def _faults_of_right(graded: Graded) -> tuple[str, ...]:
    return tuple(_said(case) for case in _not_passed(graded) if case.verdict is not Verdict.GRADER_ERROR)


def _faults_of_wrong(answer: WrongAnswer, graded: Graded) -> tuple[str, ...]:
    known = {criterion.name: criterion for criterion in graded.criteria}
    lost = {name for name, criterion in known.items() if criterion.earned < criterion.points}
    header = answer.header
    return (
        *(
            f"{name} is no criterion of {header.framework}"
            for name in (*header.loses, *header.also)
            if name not in known
        ),
        *(f"{name} does not catch it" for name in header.loses if name in known.keys() - lost),
        *(
            f"{name} is lost too: {_said(known[name].not_passed[0])}"
            for name in sorted(lost - {*header.loses, *header.also})
        ),
        *([f"its report names another: {graded.diagnosis}"] if graded.diagnosis not in ("", header.diagnosis) else []),
    )


def _said(case: CaseResult) -> str:
    return f"{case.name}: {case.verdict.value}: {first_line(case.message)}"
