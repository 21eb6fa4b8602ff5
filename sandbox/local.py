"""The `local` sandbox: workers forked from warm templates and shut in by the kernel. No daemon and no root.

The process that makes a `LocalSandbox` owns its templates; other processes of the same run join it by its folder
(`LocalSandbox.join`).
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgpack

from sandbox import wall, wire
from sandbox.base import (
    MemoryExceeded,
    OutputExceeded,
    Runtime,
    SandboxError,
    SandboxUnavailable,
    TimeExceeded,
    WorkerEnded,
)
from sandbox.limits import Limits

_ROOT = Path(__file__).resolve().parent.parent
_PROJECT = ("cli.py", "grader", "sandbox", "rubrics", "reference", "tests", "examples", "docs", "benchmarks")
_LAST_WORDS_SECONDS = 5.0
_START_SECONDS = 120.0
_RESTART_SECONDS = 15.0
_MAX_FOLDER = 30
_MAX_BODY = 1 << 26
_KEPT_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")


class LocalSandbox:
    """See `sandbox.base.Sandbox`. `spares` workers are kept ready for each runtime."""

    name = "local"

    def __init__(self, spares: int = 1, walled: bool = True) -> None:
        self._spares, self._walled = spares, walled
        self._templates: dict[Runtime, subprocess.Popen[bytes]] = {}
        self._owner = True
        if walled and (missing := wall.missing_layers()):
            raise SandboxUnavailable("; ".join(missing))
        # The name of a socket has some hundred bytes at most (unix(7)).
        short = len(tempfile.gettempdir()) <= _MAX_FOLDER
        self._folder = Path(tempfile.mkdtemp(prefix="grader-", dir=None if short else "/tmp"))

    @classmethod
    def join(cls, folder: str) -> LocalSandbox:
        """The sandbox of another process of this run, whose templates are started already (`start`)."""
        joined = cls.__new__(cls)
        joined._folder, joined._owner, joined._templates = Path(folder), False, {}
        joined._walled = True
        return joined

    @property
    def folder(self) -> str:
        return str(self._folder)

    @property
    def layers(self) -> Sequence[str]:
        return wall.LAYERS if self._walled else ()

    @staticmethod
    def layers_here() -> Sequence[str]:
        """The layers that a walled sandbox has on this machine."""
        return wall.LAYERS

    def start(self, runtimes: Sequence[Runtime]) -> None:
        """Start the templates of `runtimes` at once and wait until all are warm. Raises SandboxError."""
        started = [
            (runtime, self._start(runtime)) for runtime in dict.fromkeys(runtimes) if runtime not in self._templates
        ]
        for runtime, process in started:
            self._await(runtime, process)
            self._templates[runtime] = process

    def open(self, runtime: Runtime, limits: Limits) -> LocalWorker:
        if self._owner:
            self.restart_dead()
            self.start([runtime])
        deadline = time.monotonic() + _RESTART_SECONDS
        while True:
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            try:
                connection.connect(str(self._socket(runtime)))
                return LocalWorker(connection, limits)
            except OSError as error:
                connection.close()
                if self._owner or time.monotonic() > deadline:
                    raise SandboxError(f"the {runtime.framework} template does not answer: {error}") from error
                time.sleep(0.1)  # its owner starts a new one

    def restart_dead(self) -> None:
        """Start anew every template that has ended. Raises SandboxError."""
        dead = [runtime for runtime, process in self._templates.items() if process.poll() is not None]
        for runtime in dead:
            self._templates.pop(runtime)
        self.start(dead)

    def __enter__(self) -> LocalSandbox:
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
        return "-".join([runtime.framework, *runtime.modules])

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
                env=_environment(scratch),
                cwd=scratch,
            )

    def _await(self, runtime: Runtime, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout
        ready, _, _ = select.select([process.stdout], [], [], _START_SECONDS)
        if ready and process.stdout.readline() == b"ready\n":
            return
        process.kill()
        process.wait()
        said = (self._folder / f"{self._key(runtime)}.log").read_text(errors="replace").strip().splitlines()
        raise SandboxError(f"the {runtime.framework} runtime did not start: {said[-1] if said else 'no reason given'}")


def _environment(scratch: Path) -> dict[str, str]:
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
        "CUDA_VISIBLE_DEVICES": "",
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "PYTHONDONTWRITEBYTECODE": "1",
        "MPLBACKEND": "Agg",
    }


class LocalWorker:
    """See `sandbox.base.Worker`. Its wire and what it prints are two sockets; its life hangs on the connection to the
    template.
    """

    def __init__(self, connection: socket.socket, limits: Limits) -> None:
        self._connection, self._limits = connection, limits
        self._wire, theirs = socket.socketpair()
        self._prints, printer = socket.socketpair()
        with theirs, printer:
            socket.send_fds(connection, [msgpack.packb(asdict(limits))], [theirs.fileno(), printer.fileno()])
        self._wire.setblocking(False)
        self._prints.setblocking(False)
        self._received, self._output = bytearray(), bytearray()
        self._printed = 0
        self._silent = False  # whether the worker has closed what it prints to

    def send(self, message: Any, seconds: float) -> None:
        data = memoryview(wire.pack(message))
        deadline = time.monotonic() + seconds
        while data:
            try:
                data = data[self._wire.send(data) :]
            except BlockingIOError:
                self._wait(deadline, writing=True)
            except OSError:
                self._ended()

    def receive(self, seconds: float) -> Any:
        deadline = time.monotonic() + seconds

        def exactly(size: int) -> bytes:
            while len(self._received) < size:
                self._wait(deadline)
                try:
                    chunk = self._wire.recv(1 << 18)
                except BlockingIOError:
                    continue
                except OSError:
                    chunk = b""
                if not chunk:
                    self._ended()
                self._received += chunk
            data = bytes(self._received[:size])
            del self._received[:size]
            return data

        try:
            return wire.read_frame(exactly, max_body=_MAX_BODY)
        except wire.FrameTooLarge as error:
            self.close()
            raise OutputExceeded(f"it returned too much: {error}") from None
        except wire.WireError as error:
            self.close()
            raise WorkerEnded(f"it wrote to the wire: {error}") from None

    def take_output(self) -> str:
        self._read_output()
        text = self._output.decode(errors="replace")
        self._output.clear()
        return text

    def close(self) -> None:
        for sock in (self._connection, self._wire, self._prints):
            sock.close()

    def _wait(self, deadline: float, writing: bool = False) -> None:
        """Wait until the wire is ready, reading what the worker prints meanwhile."""
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                self._read_output()
                self.close()
                raise TimeExceeded
            reading = ([] if writing else [self._wire]) + ([] if self._silent else [self._prints])
            readable, writable, _ = select.select(reading, [self._wire] if writing else [], [], left)
            if self._prints in readable:
                self._read_output()
            if writable or self._wire in readable:
                return

    def _read_output(self) -> None:
        while True:
            try:
                chunk = self._prints.recv(1 << 16)
            except OSError:  # nothing more for now, or closed here
                return
            if not chunk:
                self._silent = True
                return
            room = (self._limits.output_kb << 10) - self._printed
            self._output += chunk[: max(room, 0)]
            self._printed += len(chunk)
            if len(chunk) > room:
                self.close()
                raise OutputExceeded(f"it printed more than {self._limits.output_kb} KiB")

    def _ended(self) -> None:
        """The wire is closed: ask the template why, and raise."""
        with contextlib.suppress(OutputExceeded):
            self._read_output()
        self._connection.settimeout(_LAST_WORDS_SECONDS)
        try:
            data = self._connection.recv(1024)
        except TimeoutError:
            raise WorkerEnded("it closed the wire") from None
        except OSError:
            data = b""
        finally:
            self.close()
        if not data:
            raise SandboxError("the template ended while it served an answer")
        end = msgpack.unpackb(data)
        match end["breach"]:
            case "memory":
                raise MemoryExceeded(f"it used more than {self._limits.memory_mb} MiB")
            case "threads":
                raise MemoryExceeded(f"it started more than {self._limits.threads} threads")
            case "scratch":
                raise OutputExceeded(
                    f"it wrote more than {self._limits.scratch_mb} MiB or {self._limits.scratch_files} files"
                )
            case str(reason):
                raise SandboxError(reason)
        status = end["status"]
        raise WorkerEnded(
            f"its process was ended by signal {-status}" if status < 0 else f"its process exited with status {status}"
        )
