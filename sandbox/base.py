"""What every sandbox promises.

A `Sandbox` opens *workers*. A worker is one process behind the wall that serves one answer, in one framework. Every
backend promises, and the conformance suite in `tests/sandbox/` holds it to it:

* A worker starts as good as new: a fresh copy of a warm interpreter that has never run an answer.
* Before it reads one byte of the answer it can no longer: read a file outside the interpreter and its own scratch
  folder, write a file outside that folder, start a process, reach a network, signal or inspect another process.
* It receives inputs and returns plain data. No expected value, tolerance, clock or point is ever inside.
* Time, output, memory, scratch space, threads and descriptors are limited, and each breach raises its own error here.
* When the worker is closed, or the process that opened it ends in any way, the worker is killed and its scratch
  folder is gone.
* Where a layer of the wall is missing, `SandboxUnavailable` says which; it is never silently weaker.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sandbox.limits import Limits


@dataclass(frozen=True)
class Runtime:
    """An interpreter, warm with one framework.

    Attributes:
        framework: ``"numpy"``, ``"torch"`` or ``"tensorflow"``.
        modules: Further modules that are imported beforehand.
        gpu: The UUID of the GPU on which it computes; empty for the CPU.
    """

    framework: str
    modules: tuple[str, ...] = ()
    gpu: str = ""


class SandboxError(Exception):
    """The sandbox itself failed: never the answer's fault."""


class SandboxUnavailable(SandboxError):
    """This machine lacks something that the sandbox needs."""


class WorkerEnded(Exception):
    """The worker is gone: its answer crashed, exited, or broke the wire."""


class TimeExceeded(WorkerEnded):
    """No reply within the time given. The worker has been killed."""


class MemoryExceeded(WorkerEnded):
    """More memory or threads than allowed."""


class OutputExceeded(WorkerEnded):
    """More printed, written to the scratch folder, or returned than allowed."""


class Worker(Protocol):
    """One process behind the wall. Messages are the plain data of `sandbox.wire`.

    `received` counts the bytes of the messages that have come from it.
    """

    received: int

    def send(self, message: Any, seconds: float) -> None:
        """Send one message within `seconds`. Raises WorkerEnded or a child of it."""

    def receive(self, seconds: float) -> Any:
        """The worker's next message within `seconds`. Raises WorkerEnded or a child of it."""

    def take_output(self) -> str:
        """What the worker has printed since the last call."""

    def close(self) -> None:
        """Kill the worker and remove everything that it left. Never raises."""


class Cell(Protocol):
    """Where one answer is served: its workers are opened here, one after another."""

    def open(self) -> Worker:
        """A worker as good as new. Raises SandboxError."""

    def fault(self) -> str:
        """Why the device that it computes on cannot be used any more; empty where it can."""
        return ""

    def close(self) -> None:
        """Remove everything that belongs to the answer. Never raises."""


class Sandbox(Protocol):
    """A backend. Use as a context manager; leaving it ends everything that it started."""

    name: str

    @property
    def on_cpu(self) -> Sandbox:
        """The same, for code that is to compute on the CPU: trusted code, and answers to questions that take no GPU."""
        return self

    @property
    def layers(self) -> Sequence[str]:
        """The layers of the wall that are in force, for the report."""

    @property
    def devices(self) -> Sequence[str]:
        """What answers may compute on beside the CPU, for the report."""
        return ()

    def start(self, runtimes: Sequence[Runtime]) -> None:
        """Make `runtimes` ready, all at once. Raises SandboxError."""

    def cell(self, runtime: Runtime, limits: Limits) -> Cell:
        """A cell for one answer. Raises SandboxError."""

    def open(self, runtime: Runtime, limits: Limits) -> Worker:
        """A worker in a cell of its own, which closes with it. Raises SandboxError."""

    def shared(self) -> Callable[[], Sandbox]:
        """What another process of this run calls, once it has been sent there, to join this sandbox."""

    def mend(self) -> None:
        """Start anew what has ended of that which all processes share. Raises SandboxError."""

    def __enter__(self) -> Sandbox: ...

    def __exit__(self, *exc: object) -> None: ...
