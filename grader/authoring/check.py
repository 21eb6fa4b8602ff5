"""Prove a rubric: what is right earns everything, in every framework, sandbox and run; what is wrong, empty or mutated
does not.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from grader.authoring.answers import answers_findings, check_answers, check_repeats, check_vacuous, grade_known
from grader.authoring.finding import Finding
from grader.authoring.inspection import Inspection, inspect, inspection_findings
from grader.authoring.mutation import mutants_findings
from grader.authoring.pool import Here, Pool
from grader.authoring.tolerances import check_tolerances
from grader.authoring.trial import try_mutants
from grader.bank import Question
from sandbox.base import Sandbox

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
    """The whole proof of a question; `tried` is told how many mutants of how many are done.

    Raises QuestionError where the question's files are wrong.
    """
    repeats = settings.repeats_of(question)
    with Pool(local, question, settings.seed, settings.jobs) as pool:
        inspections = [pool.submit(_inspect, framework) for framework in question.frameworks]
        parts = [pool.submit(_answers, framework) for framework in question.frameworks]
        if docker:
            parts.append(pool.submit(_in_docker, docker.shared()))
        parts += [pool.submit(_vacuous, framework) for framework in question.frameworks]
        parts += [pool.submit(_repeats, framework, repeats) for framework in question.frameworks if repeats]
        started = time.perf_counter()
        trials = try_mutants(pool, question, tried) if settings.mutants else None
        yield from inspection_findings(question, [future.result() for future in inspections])
        for part in parts:
            yield from part.result()
        if trials:
            yield from mutants_findings(question, trials(), time.perf_counter() - started)


# In a process of the pool.


def _inspect(here: Here, framework: str) -> Inspection:
    return inspect(here.sandbox, here.question, framework, here.seed)


def _answers(here: Here, framework: str) -> list[Finding]:
    known = grade_known(here.sandbox, here.question, framework, here.seed)
    return [
        *answers_findings(here.question, framework, known),
        check_tolerances(here.sandbox, here.question, framework, here.seed, known),
    ]


def _in_docker(here: Here, join: Callable[[], Sandbox]) -> list[Finding]:
    with join() as docker:
        found = check_answers(docker, here.question, here.seed, references_only=True)
        return [replace(finding, name="reference in docker") for finding in found]


def _vacuous(here: Here, framework: str) -> list[Finding]:
    return [check_vacuous(here.sandbox, here.question, framework, here.seed)]


def _repeats(here: Here, framework: str, repeats: int) -> list[Finding]:
    return [check_repeats(here.sandbox, here.question, framework, here.seed, repeats)]
