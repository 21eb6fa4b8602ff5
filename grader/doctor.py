"""What this machine can do, and whether the wall holds on it: seen by attacking it."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from grader.runtime import versions
from grader.sandboxes import open_sandbox
from sandbox import wall
from sandbox.base import Cell, Runtime, Sandbox, SandboxError, SandboxUnavailable, Worker, WorkerEnded
from sandbox.gpu import FRAMEWORK as GPU_FRAMEWORK
from sandbox.gpu import gpus
from sandbox.limits import Limits

_ATTACKS = {
    "read a file of the user's": "open('/etc/passwd').read()",
    "write outside its scratch folder": "open('/var/tmp/grader-doctor', 'w')",
    "start a process": "import os; os.fork()",
    "run a program": "import subprocess; subprocess.run(['true'])",
    "open a socket": "import socket; socket.socket()",
    "signal its template": "import os; os.kill(os.getppid(), 0)",
    "read its template's memory": "import os; open(f'/proc/{os.getppid()}/mem', 'rb')",
    "change a file's mode": "import os, sys; os.chmod(sys.executable, 0o755)",
    "share memory": "import mmap; mmap.mmap(-1, 4096)",
    "take more memory than allowed": "bytearray(1 << 30)",
}
_LIMITS = Limits(memory_mb=256)
_FRAMEWORKS = ("numpy", "torch", "tensorflow")


class State(Enum):
    """`ABSENT` is something that this machine does not have, and need not have."""

    GOOD, ABSENT, BAD = "✓", "–", "✗"


@dataclass(frozen=True)
class Finding:
    what: str
    state: State
    says: str


def examine() -> Iterator[Finding]:
    """One finding after another: the machine, the layers of the wall, the GPUs, and, for each sandbox, its runtimes and
    attacks.
    """
    yield Finding("machine", State.GOOD, f"Python {platform.python_version()} on {platform.platform()}")
    missing = wall.missing_layers()
    for layer in wall.LAYERS:
        yield Finding(f"layer {layer}", State.BAD if layer in missing else State.GOOD, missing.get(layer, "in force"))
    yield from _gpus()
    yield from _sandbox("local")
    yield from _sandbox("docker")


def _sandbox(backend: str) -> Iterator[Finding]:
    try:
        with open_sandbox(backend) as sandbox:
            yield Finding(f"{backend} sandbox", State.GOOD, ", ".join(sandbox.layers))
            installed = versions()
            for framework in _FRAMEWORKS:
                yield _runtime(sandbox, framework, installed.get(framework, "") if backend == "local" else "")
            cell = sandbox.cell(Runtime("numpy"), _LIMITS)
            yield from attacks(cell, f"{backend} sandbox, an answer that tries to")
            cell.close()
    except SandboxUnavailable as error:
        # Without Docker one can grade, without the local sandbox's layers one cannot, unless one accepts it by name.
        yield Finding(f"{backend} sandbox", State.ABSENT if backend == "docker" else State.BAD, str(error))
    except SandboxError as error:
        yield Finding(f"{backend} sandbox", State.BAD, str(error))


def _runtime(sandbox: Sandbox, framework: str, version: str) -> Finding:
    what = f"{sandbox.name} sandbox, {framework} runtime"
    try:
        sandbox.open(Runtime(framework), _LIMITS).close()
    except SandboxError as error:
        return Finding(what, State.BAD, f"{error}; install the package {framework}")
    return Finding(what, State.GOOD, version or "ready")


def attacks(cell: Cell, who: str) -> Iterator[Finding]:
    """What each attack of a short list gains from a worker in `cell`."""
    for what, source in _ATTACKS.items():
        yield _attack(cell.open(), f"{who} {what}", source)


def _attack(worker: Worker, name: str, source: str) -> Finding:
    try:
        files = {"answer.py": source.encode()}
        worker.send({"op": "load", "files": files, "main": "answer.py", "support": {}, "seed": 0}, 10)
        reply = worker.receive(10)
    except WorkerEnded as error:
        return Finding(name, State.GOOD, f"was ended: {error or 'time limit'}")
    finally:
        worker.close()
    if "error" in reply:
        return Finding(name, State.GOOD, f"was refused ({reply['error']['type']})")
    return Finding(name, State.BAD, "succeeded: do not grade strangers' answers with this sandbox on this machine")


def _gpus() -> Iterator[Finding]:
    """The GPUs, and each attack again from a worker on one of them."""
    try:
        cards = gpus()
    except SandboxUnavailable as error:
        yield Finding("GPUs", State.ABSENT, str(error))
        return
    yield Finding("GPUs", State.GOOD, "; ".join(f"{card.name}, {card.memory_mb} MiB" for card in cards))
    try:
        with open_sandbox("local", device="cuda") as sandbox:
            sandbox.start([Runtime(GPU_FRAMEWORK)])
            cell = sandbox.cell(Runtime(GPU_FRAMEWORK), _LIMITS)
            yield from attacks(cell, "local sandbox, on a GPU, an answer that tries to")
            cell.close()
    except SandboxError as error:
        yield Finding("local sandbox on a GPU", State.ABSENT, str(error))
