"""Try every mutant of a question's references: the rubric must see the mistake, or its author says why it does not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass

from grader.authoring.mutants import Mutant, mutants
from grader.authoring.one_worker import OneWorker
from grader.authoring.pool import Here, Pool
from grader.authoring.replay import Tape, difference, record
from grader.bank import Question
from grader.grading import grade
from grader.pytest_plugin import Job
from grader.reference import reference_source
from grader.scoring import Graded
from grader.source import Source
from grader.verdicts import CANDIDATE_FAULT

_CHUNK = 8
_FURTHER_SEEDS = (1,)  # from the run's: of the calls by which survivors are compared with the reference


@dataclass(frozen=True)
class Trial:
    """What became of one mutant.

    Attributes:
        lost: The case that cost it points, and its message; empty where it earns all.
        differs: Where it earns all, the first call to which it gives something else than the reference; empty where
            it is equivalent.
    """

    framework: str
    mutant: Mutant
    lost: str = ""
    differs: str = ""

    @property
    def equivalent(self) -> bool:
        return not self.lost and not self.differs


def try_mutants(
    pool: Pool, question: Question, tried: Callable[[int, int], None] = lambda done, total: None
) -> Callable[[], dict[str, list[Trial]]]:
    """Submit every mutant of every framework's reference; what is returned waits for the trials: by framework, in the
    order of their lines.

    `tried` is told how many of how many have been tried. Raises QuestionError where the question's files are wrong.
    """
    found = {f: mutants(question.reference_source(f)) for f in question.frameworks}
    chunks = [(f, found[f][i : i + _CHUNK]) for f in question.frameworks for i in range(0, len(found[f]), _CHUNK)]
    futures = [pool.submit(_try_chunk, *chunk) for chunk in chunks]

    def wait() -> dict[str, list[Trial]]:
        done, total = 0, sum(map(len, found.values()))
        for future in as_completed(futures):
            done += len(future.result())
            tried(done, total)
        trials: dict[str, list[Trial]] = {framework: [] for framework in question.frameworks}
        for (framework, _), future in zip(chunks, futures, strict=True):
            trials[framework] += future.result()
        return trials

    return wait


def _try_chunk(here: Here, framework: str, chunk: Sequence[Mutant]) -> list[Trial]:
    name = reference_source(here.question, framework).main
    sources = [Source({name: mutant.source}, name, framework) for mutant in chunk]
    results: dict[int, Graded] = {}
    jobs = [Job(source, until_lost=True, session=OneWorker) for source in sources]
    grade(here.sandbox, here.question, framework, jobs, here.seed, here.values, results.__setitem__)
    return [
        _trial(here, framework, mutant, source, results[i])
        for i, (mutant, source) in enumerate(zip(chunk, sources, strict=True))
    ]


def _trial(here: Here, framework: str, mutant: Mutant, source: Source, graded: Graded) -> Trial:
    cases = [case for criterion in graded.criteria for case in criterion.cases]
    if lost := next((f"{case.name}: {case.message}" for case in cases if case.verdict in CANDIDATE_FAULT), ""):
        return Trial(framework, mutant, lost)
    return Trial(framework, mutant, differs=difference(here.sandbox, here.question, source, _tape(here, framework)))


_tapes: dict[str, Tape] = {}


def _tape(here: Here, framework: str) -> Tape:
    if framework not in _tapes:
        seeds = [here.seed + further for further in _FURTHER_SEEDS]
        _tapes[framework] = record(here.sandbox, here.question, framework, seeds, here.values)
    return _tapes[framework]
