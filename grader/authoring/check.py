"""Prove a rubric: what is right earns everything, in every framework, sandbox and run; what is wrong, empty or mutated
does not.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from grader.authoring.finding import Finding
from grader.authoring.one_worker import OneWorker
from grader.authoring.right import RightAnswer, right_answers
from grader.authoring.survivors import Explanation, explanations
from grader.authoring.trial import Trial, try_mutants
from grader.authoring.vacuous import MOST_POINTS, VACUOUS
from grader.authoring.wrong import WrongAnswer, wrong_answers
from grader.bank import Question
from grader.grading import grade
from grader.pytest_plugin import Job
from grader.reference import reference_source
from grader.report.model import CaseResult
from grader.report.text import first_line
from grader.scoring import Graded
from grader.verdicts import Verdict
from sandbox.base import Sandbox

LEAST_KILLED, LEAST_KILLED_TRAINING = 95.0, 90.0
REPEATS, REPEATS_TRAINING = 20, 2


@dataclass(frozen=True)
class Settings:
    """What a proof takes in: the run seed, further run seeds of the references, and mutants in so many processes."""

    seed: int = 0
    repeats: int | None = None
    mutants: bool = True
    jobs: int = 1

    def repeats_of(self, question: Question) -> int:
        if self.repeats is None:
            return REPEATS_TRAINING if question.trains else REPEATS
        return self.repeats


def check(
    local: Sandbox,
    docker: Sandbox | None,
    question: Question,
    settings: Settings,
    tried: Callable[[int, int], None] = lambda done, total: None,
) -> Iterator[Finding]:
    """The whole proof of a question, what costs least first; `tried` is told how many mutants of how many are done.

    Raises QuestionError where the question's files are wrong.
    """
    seed = settings.seed
    yield from check_answers(local, question, seed)
    if docker:
        for finding in check_answers(docker, question, seed, references_only=True):
            yield replace(finding, name="reference in docker")
    yield from check_vacuous(local, question, seed)
    if repeats := settings.repeats_of(question):
        yield from check_repeats(local, question, seed, repeats)
    if settings.mutants:
        yield from check_mutants(local, question, seed, settings.jobs, tried)


def check_answers(sandbox: Sandbox, question: Question, seed: int, references_only: bool = False) -> Iterator[Finding]:
    """Grade the references, the other right answers and the wrong ones.

    Raises QuestionError where the question's files are wrong.
    """
    right = [] if references_only else right_answers(question)
    wrong = [] if references_only else wrong_answers(question)
    for framework in question.frameworks:
        known: list[RightAnswer | WrongAnswer] = [*right, *wrong]
        answers = [answer for answer in known if answer.header.framework == framework]
        jobs = [Job(reference_source(question, framework)), *(Job(answer.source) for answer in answers)]
        reference, *others = _graded(sandbox, question, framework, jobs, seed)
        yield _finding(question, framework, "reference", reference, _faults_of_right(reference))
        for answer, graded in zip(answers, others, strict=True):
            faults = _faults_of_wrong(answer, graded) if isinstance(answer, WrongAnswer) else _faults_of_right(graded)
            yield _finding(question, framework, f"{answer.path.parent.name}/{answer.path.name}", graded, faults)


def check_vacuous(sandbox: Sandbox, question: Question, seed: int) -> Iterator[Finding]:
    """Grade answers that compute nothing: each must earn less than `MOST_POINTS`."""
    for framework in question.frameworks:
        jobs = [Job(reference_source(question, framework), session=session) for session in VACUOUS.values()]
        graded = dict(zip(VACUOUS, _graded(sandbox, question, framework, jobs, seed), strict=True))
        yield Finding(
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


def check_repeats(sandbox: Sandbox, question: Question, seed: int, repeats: int) -> Iterator[Finding]:
    """Grade the references under `repeats` further run seeds: none may lose a point."""
    for framework in question.frameworks:
        seeds = range(seed + 1, seed + 1 + repeats)
        jobs = [Job(reference_source(question, framework), session=OneWorker, seed=each) for each in seeds]
        graded = _graded(sandbox, question, framework, jobs, seed)
        failed = [(each, case) for each, found in zip(seeds, graded, strict=True) for case in _not_passed(found)]
        by_case = {case.name: [each for each, other in failed if other.name == case.name] for _, case in failed}
        messages = {case.name: first_line(case.message) for _, case in reversed(failed)}
        yield Finding(
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


def check_mutants(
    sandbox: Sandbox, question: Question, seed: int, jobs: int, tried: Callable[[int, int], None]
) -> Iterator[Finding]:
    """Try the mutants of the references, in `jobs` processes; `tried` is told how many of how many are done.

    Of the mutants that are not equivalent to the reference, 95 % must lose points; 90 % where the question trains.
    Raises QuestionError where the question's files are wrong.
    """
    started = time.perf_counter()
    trials = try_mutants(sandbox, question, seed, jobs, tried)
    explained = explanations(question, ((f, trial.mutant) for f, found in trials.items() for trial in found))
    seconds = time.perf_counter() - started
    for framework, found in trials.items():
        yield _mutants_finding(question, framework, found, explained, seconds / len(trials))


def _mutants_finding(
    question: Question, framework: str, trials: Sequence[Trial], explained: Sequence[Explanation], seconds: float
) -> Finding:
    killed = sum(bool(trial.lost) for trial in trials)
    survivors = [
        (trial.mutant, trial.differs, next((e for e in explained if e.explains(framework, trial.mutant)), None))
        for trial in trials
        if trial.differs
    ]
    right = sum(bool(why and why.equivalent) for _, _, why in survivors)
    counted = killed + len(survivors) - right
    share = 100 * killed / counted if counted else 100.0
    least = LEAST_KILLED_TRAINING if question.trains else LEAST_KILLED
    summary = (
        f"{killed} of {counted} mutants lose points; {sum(t.equivalent for t in trials)} more give the same as the "
        f"reference, {right} are as right; {sum(why is not None for _, _, why in survivors) - right} survivors are "
        f"explained, {sum(why is None for _, _, why in survivors)} are not"
    )
    return Finding(
        *(question.id, framework, "mutants", share, seconds),
        faults=(f"{share:.1f} % of the mutants lose points; {least:g} % must",) if share < least else (),
        summary=summary,
        notes=tuple(
            f"{mutant.description}: {why.why}" if why else f"{mutant.description}\n{mutant.diff}\n{differs}"
            for mutant, differs, why in survivors
        ),
    )


def _graded(sandbox: Sandbox, question: Question, framework: str, jobs: Sequence[Job], seed: int) -> list[Graded]:
    results: dict[int, Graded] = {}
    grade(sandbox, question, framework, jobs, seed, {}, results.__setitem__)
    return [results[i] for i in range(len(jobs))]


def _finding(question: Question, framework: str, name: str, graded: Graded, faults: tuple[str, ...]) -> Finding:
    errors = tuple(
        f"{case.name}: {first_line(case.message)}"
        for case in _not_passed(graded)
        if case.verdict is Verdict.GRADER_ERROR
    )
    return Finding(question.id, framework, name, graded.score, _seconds(graded), faults + errors)


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
    )


def _said(case: CaseResult) -> str:
    return f"{case.name}: {case.verdict.value}: {first_line(case.message)}"
