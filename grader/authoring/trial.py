"""Try every mutant of a question's references: the rubric must see the mistake, or its author says why it does not."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache

from grader.authoring.mutants import Mutant, mutants
from grader.authoring.one_worker import OneWorker
from grader.authoring.replay import Tape, difference, record
from grader.bank import Question
from grader.grading import grade
from grader.pytest_plugin import Job
from grader.reference import ReferenceCache, reference_source
from grader.scoring import Graded
from grader.source import Source
from grader.verdicts import CANDIDATE_FAULT
from sandbox.base import Sandbox

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
    sandbox: Sandbox,
    question: Question,
    seed: int,
    jobs: int,
    tried: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, list[Trial]]:
    """Every mutant of every framework's reference, by framework, in the order of their lines; `jobs` processes work.

    `tried` is told how many of how many have been tried. Raises QuestionError where the question's files are wrong.
    """
    sandbox.start([question.runtime_of(framework) for framework in question.frameworks])
    found = {f: mutants(question.reference_source(f)) for f in question.frameworks}
    chunks = [(f, found[f][i : i + _CHUNK]) for f in question.frameworks for i in range(0, len(found[f]), _CHUNK)]
    context = multiprocessing.get_context("spawn")
    done, total = 0, sum(map(len, found.values()))
    with ProcessPoolExecutor(jobs, context, _start_process, (sandbox.shared(), question, seed)) as pool:
        futures: list[Future[list[Trial]]] = [pool.submit(_try_chunk, *chunk) for chunk in chunks]
        try:
            for future in as_completed(futures):
                done += len(future.result())
                tried(done, total)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return {
        framework: [
            trial
            for (name, _), future in zip(chunks, futures, strict=True)
            if name == framework
            for trial in future.result()
        ]
        for framework in question.frameworks
    }


# In a process of the pool.


@dataclass(frozen=True)
class _Here:
    sandbox: Sandbox
    question: Question
    seed: int
    values: ReferenceCache


_here: _Here


def _start_process(join: Callable[[], Sandbox], question: Question, seed: int) -> None:
    global _here
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _here = _Here(join(), question, seed, {})


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent
    parent.join()
    os._exit(1)


def _try_chunk(framework: str, chunk: Sequence[Mutant]) -> list[Trial]:
    name = reference_source(_here.question, framework).main
    sources = [Source({name: mutant.source}, name, framework) for mutant in chunk]
    results: dict[int, Graded] = {}
    jobs = [Job(source, until_lost=True, session=OneWorker) for source in sources]
    grade(_here.sandbox, _here.question, framework, jobs, _here.seed, _here.values, results.__setitem__)
    return [
        _trial(framework, mutant, source, results[i])
        for i, (mutant, source) in enumerate(zip(chunk, sources, strict=True))
    ]


def _trial(framework: str, mutant: Mutant, source: Source, graded: Graded) -> Trial:
    cases = [case for criterion in graded.criteria for case in criterion.cases]
    if lost := next((f"{case.name}: {case.message}" for case in cases if case.verdict in CANDIDATE_FAULT), ""):
        return Trial(framework, mutant, lost)
    return Trial(framework, mutant, differs=difference(_here.sandbox, _here.question, source, _tape(framework)))


@cache
def _tape(framework: str) -> Tape:
    seeds = [_here.seed + further for further in _FURTHER_SEEDS]
    return record(_here.sandbox, _here.question, framework, seeds, _here.values)
