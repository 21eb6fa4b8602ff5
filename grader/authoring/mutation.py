"""What came of the mutants of a question's references: most must lose points, and the others be explained."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from grader.authoring.finding import Finding
from grader.authoring.pool import Pool
from grader.authoring.survivors import Explanation, explanations
from grader.authoring.trial import Trial, try_mutants
from grader.bank import Question
from sandbox.base import Sandbox

LEAST_KILLED, LEAST_KILLED_TRAINING = 95.0, 90.0
"""Of the mutants that are not equivalent to the reference, the share in percent that must lose points."""


def check_mutants(
    sandbox: Sandbox, question: Question, seed: int, jobs: int, tried: Callable[[int, int], None]
) -> Iterator[Finding]:
    """Try the mutants of the references, in `jobs` processes; `tried` is told how many of how many are done.

    Raises QuestionError where the question's files are wrong.
    """
    started = time.perf_counter()
    with Pool(sandbox, question, seed, jobs) as pool:
        trials = try_mutants(pool, question, tried)()
    yield from mutants_findings(question, trials, time.perf_counter() - started)


def mutants_findings(question: Question, trials: Mapping[str, Sequence[Trial]], seconds: float) -> Iterator[Finding]:
    """`seconds` were spent on all of them. Raises QuestionError where survivors.toml is wrong."""
    explained = explanations(question, ((f, trial.mutant) for f, found in trials.items() for trial in found))
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
