"""Scheduling: units of work go to a pool of processes in chunks, and each unit's result comes back as soon as it is
there.

A unit is one answer to one question. A chunk is several answers of one framework to one question: they share a pytest
session.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import queue
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from itertools import groupby
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from grader.bank import Question
from grader.errors import QuestionError
from grader.grading import grade
from grader.pytest_plugin import Job
from grader.scoring import Graded
from grader.source import Source
from grader.store import Store
from sandbox.base import Sandbox, SandboxError

_MAX_CHUNK = 16
_POLL_SECONDS = 0.2


@dataclass(frozen=True)
class Unit:
    """One answer to one question. `refused` is the policy's sentence, where the answer is not to be run."""

    question: Question
    source: Source
    refused: str = ""

    @property
    def job(self) -> Job:
        return Job(self.source, self.refused)


@dataclass(frozen=True)
class Chunk:
    """Units of one question and framework, with their places in the list that was scheduled."""

    question: Question
    framework: str
    jobs: tuple[Job, ...]
    places: tuple[int, ...]


def run(
    units: Sequence[Unit],
    sandbox: Sandbox,
    store_path: Path,
    seed: int,
    jobs: int,
    done: Callable[[int, Graded], None],
) -> None:
    """Grade every unit; call `done` with a unit's place and its result, in the order in which they end.

    A process that dies takes nothing with it: what it left undone is run once more, one by one, and then reported as
    a `grader_error`.
    """
    left = set(range(len(units)))

    def note(place: int, graded: Graded) -> None:
        if place in left:
            left.remove(place)
            done(place, graded)

    for attempt, size in enumerate((_MAX_CHUNK, 1)):
        if left:
            chunks = list(_chunks(units, sorted(left), jobs, size))
            _run_pool(chunks, sandbox, store_path, seed, jobs, attempt, note)
    for place in sorted(left):
        note(place, Graded.failed("a grading process died twice"))


def _chunks(units: Sequence[Unit], places: Iterable[int], jobs: int, most: int) -> Iterator[Chunk]:
    def group(place: int) -> tuple[int, str]:
        return units[place].question.number, units[place].source.framework

    for (_, framework), found in groupby(sorted(places, key=group), key=group):
        members = list(found)
        size = max(1, min(most, math.ceil(len(members) / jobs)))
        for start in range(0, len(members), size):
            part = tuple(members[start : start + size])
            yield Chunk(units[part[0]].question, framework, tuple(units[place].job for place in part), part)


def _run_pool(
    chunks: Sequence[Chunk],
    sandbox: Sandbox,
    store_path: Path,
    seed: int,
    jobs: int,
    attempt: int,
    note: Callable[[int, Graded], None],
) -> None:
    context = multiprocessing.get_context("spawn")
    results: Any = context.Queue()
    lifeline, ours = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(
        min(jobs, len(chunks)), context, _start_process, (results, lifeline, sandbox.shared(), store_path, seed)
    )
    try:
        waiting: set[Future[None]] = {pool.submit(_grade_chunk, chunk) for chunk in chunks}
        while waiting:
            for place, graded in _drain(results, _POLL_SECONDS):
                note(place, graded)
            sandbox.mend()
            finished = {future for future in waiting if future.done()}
            waiting -= finished
            for future in finished:
                error = future.exception()
                if error and not isinstance(error, BrokenProcessPool):
                    raise error
        for place, graded in _drain(results, 2 * _POLL_SECONDS):
            note(place, graded)
    finally:
        ours.close()  # every process that still runs ends itself
        pool.shutdown(cancel_futures=True)


def _drain(results: Any, seconds: float) -> Iterator[tuple[int, Graded]]:
    while True:
        try:
            yield results.get(timeout=seconds)
        except queue.Empty:
            return


# In a process of the pool.


@dataclass(frozen=True)
class _Here:
    results: Any
    sandbox: Sandbox
    store: Store
    seed: int


_here: _Here


def _start_process(
    results: Any, lifeline: Connection, join: Callable[[], Sandbox], store_path: Path, seed: int
) -> None:
    global _here
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to end
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()
    _here = _Here(results, join(), Store(store_path), seed)


def _end_with(lifeline: Connection) -> None:
    try:
        lifeline.recv_bytes()
    except (EOFError, OSError):
        os._exit(1)


def _grade_chunk(chunk: Chunk) -> None:
    cache = _here.store.reference_values()
    again: list[int] = []

    def grade_these(jobs: Sequence[Job], finished: Callable[[int, Graded], None]) -> None:
        try:
            grade(_here.sandbox, chunk.question, chunk.framework, jobs, _here.seed, cache, finished)
        except (QuestionError, SandboxError) as error:
            for i in range(len(jobs)):
                finished(i, Graded.failed(str(error)))

    def first(index: int, graded: Graded) -> None:
        if graded.has_grader_error:
            again.append(index)
        else:
            _here.results.put((chunk.places[index], graded))

    def second(index: int, graded: Graded) -> None:
        _here.results.put((chunk.places[again[index]], graded))

    grade_these(chunk.jobs, first)
    if again:
        grade_these([replace(chunk.jobs[i], again=True) for i in again], second)
