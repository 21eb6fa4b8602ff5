"""The `local` sandbox: workers forked from warm templates and shut in by the kernel. No daemon and no root.

The process that makes a `LocalSandbox` owns its templates; other processes of the same run join it by its folder
(`LocalSandbox.join`).
"""

from __future__ import annotations

import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Self

import msgpack

from sandbox import wall
from sandbox.base import Cell, Runtime, Sandbox, SandboxError, SandboxUnavailable
from sandbox.gpu import device_files
from sandbox.limits import Limits
from sandbox.worker import FramedWorker

_ROOT = Path(__file__).resolve().parent.parent
_PROJECT = ("cli.py", "grader", "sandbox", "rubrics", "reference", "tests", "examples", "docs", "benchmarks")
_START_SECONDS = 120.0
_RESTART_SECONDS = 15.0
_MAX_FOLDER = 30
_CHUNK = 1 << 18
_KEPT_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")


class LocalSandbox(Sandbox):
    """See `sandbox.base.Sandbox`. `spares` workers are kept ready for each runtime.

    `without` names the layers of the wall whose absence on this machine the user accepts; a layer that is there is used
    all the same.
    """

    def __init__(self, spares: int = 1, walled: bool = True, without: Collection[str] = ()) -> None:
        self.name = "local" if walled else "none"
        self._spares, self._walled = spares, walled
        self._templates: dict[Runtime, subprocess.Popen[bytes]] = {}
        self._owner = True
        missing = wall.missing_layers() if walled else {}
        if refused := [sentence for layer, sentence in missing.items() if layer not in without]:
            raise SandboxUnavailable("; ".join(refused))
        self._without = tuple(missing)
        # The name of a socket has some hundred bytes at most (unix(7)).
        short = len(tempfile.gettempdir()) <= _MAX_FOLDER
        self._folder = Path(tempfile.mkdtemp(prefix="grader-", dir=None if short else "/tmp"))

    @classmethod
    def join(cls, folder: str) -> LocalSandbox:
        """The sandbox of another process of this run, whose templates are started already (`start`)."""
        joined = cls.__new__(cls)
        joined._folder, joined._owner, joined._templates = Path(folder), False, {}
        return joined

    def shared(self) -> Callable[[], LocalSandbox]:
        return partial(LocalSandbox.join, self.folder)

    @property
    def folder(self) -> str:
        return str(self._folder)

    @property
    def layers(self) -> Sequence[str]:
        return [layer for layer in wall.LAYERS if layer not in self._without] if self._walled else ()

    def start(self, runtimes: Sequence[Runtime]) -> None:
        started = [
            (runtime, self._start(runtime)) for runtime in dict.fromkeys(runtimes) if runtime not in self._templates
        ]
        for runtime, process in started:
            self._await(runtime, process)
            self._templates[runtime] = process

    def open(self, runtime: Runtime, limits: Limits) -> FramedWorker:
        return FramedWorker(self.channel(runtime, limits), limits)

    def cell(self, runtime: Runtime, limits: Limits) -> LocalCell:
        return LocalCell(self, runtime, limits)

    def channel(self, runtime: Runtime, limits: Limits) -> LocalChannel:
        """The bytes of a new worker. Raises SandboxError."""
        if self._owner:
            self.mend()
            self.start([runtime])
        deadline = time.monotonic() + _RESTART_SECONDS
        while True:
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            try:
                connection.connect(str(self._socket(runtime)))
                return LocalChannel(connection, limits)
            except OSError as error:
                connection.close()
                if self._owner or time.monotonic() > deadline:
                    why = self._said(runtime) or error
                    raise SandboxError(f"the {runtime.framework} template does not answer: {why}") from error
                time.sleep(0.1)  # its owner starts a new one

    def mend(self) -> None:
        dead = [runtime for runtime, process in self._templates.items() if process.poll() is not None]
        for runtime in dead:
            self._templates.pop(runtime)
        self.start(dead)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        for process in self._templates.values():
            assert process.stdin and process.stdout
            process.stdin.close()  # the template ends, and its workers with it
        for process in self._templates.values():
            process.wait()
            assert process.stdout
            process.stdout.close()
        if self._owner:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _key(self, runtime: Runtime) -> str:
        return "-".join(filter(None, [runtime.framework, *runtime.modules, runtime.gpu]))

    def _socket(self, runtime: Runtime) -> Path:
        return self._folder / f"{self._key(runtime)}.sock"

    def _start(self, runtime: Runtime) -> subprocess.Popen[bytes]:
        path = self._socket(runtime)
        path.unlink(missing_ok=True)
        scratch = self._folder / self._key(runtime)
        scratch.mkdir(exist_ok=True, mode=0o700)
        log = self._folder / f"{self._key(runtime)}.log"
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener, log.open("wb") as errors:
            listener.bind(str(path))
            listener.listen(64)
            options = ["--listener", listener.fileno(), "--framework", runtime.framework, "--scratch", scratch]
            options += ["--spares", self._spares, *(x for m in runtime.modules for x in ("--module", m))]
            options += [x for name in _PROJECT for x in ("--hide", _ROOT / name)]
            options += [] if self._walled else ["--no-wall"]
            options += [x for layer in self._without for x in ("--without", layer)]
            if runtime.gpu:
                options += ["--gpu", runtime.gpu, *(x for p in device_files(runtime.gpu) for x in ("--device-file", p))]
            # The project's root serves to import the template, and is off the path again before any worker is forked.
            boot = (
                f"import sys; root = {str(_ROOT)!r}; sys.path.insert(0, root); from sandbox import template; "
                "sys.path[:] = [p for p in sys.path if p != root]; template.main()"
            )
            return subprocess.Popen(
                [sys.executable, "-I", "-c", boot, *map(str, options)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                pass_fds=[listener.fileno()],
                env=_environment(scratch, runtime.gpu),
                cwd=scratch,
            )

    def _await(self, runtime: Runtime, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout
        ready, _, _ = select.select([process.stdout], [], [], _START_SECONDS)
        if ready and process.stdout.readline() == b"ready\n":
            return
        process.kill()
        process.wait()
        why = self._said(runtime) or "no reason given"
        raise SandboxError(f"the {runtime.framework} runtime did not start: {why}")

    def _said(self, runtime: Runtime) -> str:
        """The last line that the runtime's template wrote on its standard error."""
        try:
            lines = (self._folder / f"{self._key(runtime)}.log").read_text(errors="replace").strip().splitlines()
        except OSError:  # a template that ends takes it along
            return ""
        return lines[-1] if lines else ""


def _environment(scratch: Path, gpu: str) -> dict[str, str]:
    """The template's whole environment: nothing of the user's that an answer could read."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    threads = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1")
    return {
        **kept,
        **threads,
        "LANG": "C.UTF-8",
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "KERAS_HOME": str(scratch),
        "KERAS_BACKEND": "tensorflow",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        # oneDNN's allocator waits 10 s for memory that nobody frees; and whether it is in use depends on the processor.
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "TF_OVERRIDE_GLOBAL_THREADPOOL": "1",  # a worker's context has threads of its own, not the template's
        "CUDA_VISIBLE_DEVICES": gpu,
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "PYTHONDONTWRITEBYTECODE": "1",
        "MPLBACKEND": "Agg",
    }


@dataclass(frozen=True)
class LocalCell(Cell):
    """See `sandbox.base.Cell`."""

    sandbox: LocalSandbox
    runtime: Runtime
    limits: Limits

    def open(self) -> FramedWorker:
        return self.sandbox.open(self.runtime, self.limits)

    def close(self) -> None:
        pass


class LocalChannel:
    """See `sandbox.worker.Channel`. A worker's wire and what it prints are two sockets; its life hangs on the
    connection to the template.
    """

    printed: Callable[[bytes], None]

    def __init__(self, connection: socket.socket, limits: Limits) -> None:
        self.connection = connection
        self.wire, theirs = socket.socketpair()
        self.prints, printer = socket.socketpair()
        with theirs, printer:
            socket.send_fds(connection, [msgpack.packb(asdict(limits))], [theirs.fileno(), printer.fileno()])
        self.wire.setblocking(False)
        self.prints.setblocking(False)
        self._silent = False  # whether the worker has closed what it prints to

    def write(self, data: memoryview, deadline: float) -> int:
        while True:
            try:
                return self.wire.send(data)
            except BlockingIOError:
                self._wait(deadline, writing=True)
            except OSError:
                raise EOFError from None

    def read(self, deadline: float) -> bytes:
        while True:
            self._wait(deadline)
            try:
                chunk = self.wire.recv(_CHUNK)
            except BlockingIOError:
                continue
            except OSError:
                chunk = b""
            if not chunk:
                raise EOFError
            return chunk

    def drain(self) -> None:
        while True:
            try:
                chunk = self.prints.recv(1 << 16)
            except OSError:  # nothing more for now, or closed here
                return
            if not chunk:
                self._silent = True
                return
            self.printed(chunk)

    def end(self, deadline: float) -> Mapping[str, Any]:
        self.connection.settimeout(max(deadline - time.monotonic(), 0.001))
        try:
            data = self.connection.recv(1024)
        except TimeoutError:
            raise
        except OSError:
            data = b""
        if not data:
            raise SandboxError("the template ended while it served an answer")
        return msgpack.unpackb(data)  # type: ignore[no-any-return]

    def close(self) -> None:
        for sock in (self.connection, self.wire, self.prints):
            sock.close()

    def _wait(self, deadline: float, writing: bool = False) -> None:
        """Wait until the wire is ready, reading what the worker prints meanwhile. Raises TimeoutError."""
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            reading = ([] if writing else [self.wire]) + ([] if self._silent else [self.prints])
            readable, writable, _ = select.select(reading, [self.wire] if writing else [], [], left)
            if self.prints in readable:
                self.drain()
            if writable or self.wire in readable:
                return
