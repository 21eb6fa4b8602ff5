"""Prove a rubric: the reference earns everything in every framework, every wrong answer loses what it is meant to lose,
and the reference's mutants die.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from grader.authoring.survivors import Explanation, explanations
from grader.authoring.trial import Trial, try_mutants
from grader.authoring.wrong import WrongAnswer, wrong_answers
from grader.bank import Question
from grader.grading import grade
from grader.pytest_plugin import Job
from grader.reference import ReferenceCache, reference_source
from grader.report.model import CriterionResult
from grader.scoring import Graded
from grader.verdicts import Verdict
from sandbox.base import Sandbox

LEAST_KILLED, LEAST_KILLED_TRAINING = 95.0, 90.0


@dataclass(frozen=True)
class Finding:
    """One answer under the question's rubric, or all mutants of one framework.

    Attributes:
        score: The answer's points; of mutants, the share in percent that loses any.
        faults: What falls short; empty where it is as it should be.
        summary: What else there is to say in a word.
        notes: The mutants that the rubric does not see, each with its diff, and the input that tells it apart or its
            author's explanation.
    """

    question: str
    framework: str
    name: str
    score: float
    seconds: float
    faults: tuple[str, ...] = field(default=())
    summary: str = ""
    notes: tuple[str, ...] = ()


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
