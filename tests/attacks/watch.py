"""Watches the processes of a run from outside while it is under attack: memory, processor time, and files held open."""

from __future__ import annotations

import contextlib
import os
import threading
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_PERIOD = 0.05
_TICK = os.sysconf("SC_CLK_TCK")
_MARK = "attack-"
"""How the file beside an answer begins that says whose answer it is."""


@dataclass
class Seen:
    """The worst that was seen while an attack's worker was alive. Sizes in MiB, times in seconds.

    What another user's processes hold (`held`, `scratch`, `timers`) is seen by root alone.
    """

    memory: float = 0.0
    """The peak of the largest process on the trusted side, where it rose in this time."""
    processor: float = 0.0
    """Used by the trusted side."""
    shared: float = 0.0
    """Shared memory of the whole machine, above what it was before."""
    held: float = 0.0
    """In files of the worker's that have no name any more."""
    scratch: float = 0.0
    """In the files of its scratch folder."""
    timers: int = 0
    """POSIX timers of the worker: all processes of a user share their number."""


@dataclass
class Watch:
    """Watches, between enter and exit, the process `pid`, its children and their workers.

    Whose turn it is, the files in the workers' scratch folders say: those below `scratch`, and those in containers.
    """

    pid: int
    scratch: Path
    seen: dict[str, Seen] = field(default_factory=lambda: defaultdict(Seen))
    _peak: dict[int, float] = field(default_factory=dict)
    _used: dict[int, float] = field(default_factory=dict)
    _trusted: dict[int, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._shared = _shared_memory()

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._end.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._end.wait(_PERIOD):
            memory, processor = self._trusted_side()
            shared = _shared_memory() - self._shared
            workers = dict(_workers())
            for name in self._names() | workers.keys() or {""}:
                seen = self.seen[name]
                seen.memory, seen.processor = max(seen.memory, memory), seen.processor + processor
                seen.shared = max(seen.shared, shared)
                held, timers, scratch = workers.get(name, (0.0, 0, 0.0))
                seen.held, seen.timers = max(seen.held, held), max(seen.timers, timers)
                seen.scratch = max(seen.scratch, scratch)

    def _names(self) -> set[str]:
        with contextlib.suppress(OSError):  # a folder that is removed meanwhile
            return {path.name.removeprefix(_MARK) for path in self.scratch.glob(f"grader-*/*/*/answer/{_MARK}*")}
        return set()

    def _trusted_side(self) -> tuple[float, float]:
        memory, processor = 0.0, 0.0
        for pid in [self.pid, *_children(self.pid)]:
            with contextlib.suppress(OSError, ValueError, IndexError):
                if pid not in self._trusted:
                    command = Path(f"/proc/{pid}/cmdline").read_bytes()
                    self._trusted[pid] = pid == self.pid or b"multiprocessing" in command
                if self._trusted[pid]:
                    grown, used = self._growth(pid)
                    memory, processor = max(memory, grown), processor + used
        return memory, processor

    def _growth(self, pid: int) -> tuple[float, float]:
        """The process's peak of memory if it has risen since the last look, and the processor time used since."""
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        peak = next((float(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0.0) / 1024
        stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        used = (int(stat[11]) + int(stat[12])) / _TICK
        last = self._peak.get(pid, peak), self._used.get(pid, used)
        self._peak[pid], self._used[pid] = max(last[0], peak), used
        return peak if peak > last[0] else 0.0, used - last[1]


def _workers() -> Iterator[tuple[str, tuple[float, int, float]]]:
    """The attack that each worker serves, and what it holds in files without a name, timers and its scratch folder.

    Only workers that are where they were started, and there a worker's folder is held: it may leave meanwhile.
    """
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError), _opened(f"/proc/{pid}/cwd") as folder:
            for name in os.listdir(f"{folder}/answer"):
                if name.startswith(_MARK):
                    yield name.removeprefix(_MARK), (_held(pid), _timers(pid), _size(folder))


@contextlib.contextmanager
def _opened(folder: str) -> Iterator[str]:
    """A path of the folder that stays, whatever becomes of the one it was found by."""
    held = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{held}/"
    finally:
        os.close(held)


def _children(pid: int) -> Iterator[int]:
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            yield from map(int, Path(f"/proc/{pid}/task/{task}/children").read_text().split())


def _held(pid: str) -> float:
    """MiB in files without a name that the process has open or mapped."""
    sizes: dict[tuple[int, int], int] = {}
    for kind in ("fd", "map_files"):
        with contextlib.suppress(OSError):
            for entry in os.scandir(f"/proc/{pid}/{kind}"):
                with contextlib.suppress(OSError):
                    status = os.stat(entry.path)
                    if status.st_nlink == 0:
                        sizes[status.st_dev, status.st_ino] = status.st_blocks * 512
    return sum(sizes.values()) / (1 << 20)


def _timers(pid: str) -> int:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/timers").read_bytes().count(b"ID:")
    return 0


def _size(folder: str) -> float:
    size = 0
    for path, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                size += os.lstat(os.path.join(path, name)).st_blocks * 512
    return size / (1 << 20)


def _shared_memory() -> float:
    lines = Path("/proc/meminfo").read_text().splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("Shmem:")) / 1024
