"""What this machine can do, and whether the wall holds on it: seen by attacking it."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata

from sandbox.base import Runtime, Sandbox, SandboxError, WorkerEnded
from sandbox.limits import Limits
from sandbox.local import LocalSandbox
from sandbox.wall import LAYERS, missing_layers

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


@dataclass(frozen=True)
class Finding:
    what: str
    good: bool
    says: str


def examine() -> Iterator[Finding]:
    """One finding after another: the machine, the layers of the wall, the runtimes, and each attack."""
    yield Finding("python", True, f"{platform.python_version()} on {platform.platform()}")
    missing = missing_layers()
    yield Finding("local sandbox", not missing, "; ".join(missing.values()) or ", ".join(LAYERS))
    if missing:
        return
    with LocalSandbox() as sandbox:
        for framework, package in (("numpy", "numpy"), ("torch", "torch"), ("tensorflow", "tensorflow")):
            yield _runtime(sandbox, framework, package)
        for what, source in _ATTACKS.items():
            yield _attack(sandbox, what, source)


def _runtime(sandbox: LocalSandbox, framework: str, package: str) -> Finding:
    try:
        sandbox.start([Runtime(framework)])
    except SandboxError as error:
        return Finding(f"{framework} runtime", False, f"{error}; install the package {package}")
    versions = [
        f"{d.name} {d.version}"
        for d in metadata.distributions()
        if d.name in (package, f"{package}-cpu", f"{package}_cpu")
    ]
    return Finding(f"{framework} runtime", True, ", ".join(versions) or "ready")


def _attack(sandbox: Sandbox, what: str, source: str) -> Finding:
    worker = sandbox.open(Runtime("numpy"), _LIMITS)
    name = f"an answer that tries to {what}"
    try:
        files = {"answer.py": source.encode()}
        worker.send({"op": "load", "files": files, "main": "answer.py", "support": {}, "seed": 0}, 10)
        reply = worker.receive(10)
    except WorkerEnded as error:
        return Finding(name, True, f"was ended: {error or 'time limit'}")
    finally:
        worker.close()
    if "error" in reply:
        return Finding(name, True, f"was refused ({reply['error']['type']})")
    return Finding(name, False, "succeeded: do not grade strangers' answers on this machine")
