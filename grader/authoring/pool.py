"""Processes that prove one question side by side, in one sandbox."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from grader.bank import Question
from grader.reference import ReferenceCache
from sandbox.base import Sandbox

R = TypeVar("R")


@dataclass(frozen=True)
class Here:
    """What every process has. `values` are the references', kept for the life of the process."""

    sandbox: Sandbox
    question: Question
    seed: int
    values: ReferenceCache


class Pool:
    """`jobs` processes, to be used as a context manager. What is submitted first is begun first."""

    def __init__(self, sandbox: Sandbox, question: Question, seed: int, jobs: int) -> None:
        sandbox.start([question.runtime_of(framework) for framework in question.frameworks])
        context = multiprocessing.get_context("spawn")
        self._executor = ProcessPoolExecutor(jobs, context, _start, (sandbox.shared(), question, seed))

    def submit(self, function: Callable[..., R], *args: Any) -> Future[R]:
        """Call `function(here, *args)` in one of the processes."""
        return self._executor.submit(_call, function, args)

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._executor.shutdown(cancel_futures=kind is not None)


# In a process of the pool.

_here: Here


def _start(join: Callable[[], Sandbox], question: Question, seed: int) -> None:
    global _here
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _here = Here(join(), question, seed, {})


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent
    parent.join()
    os._exit(1)


def _call(function: Callable[..., R], args: tuple[Any, ...]) -> R:
    return function(_here, *args)
