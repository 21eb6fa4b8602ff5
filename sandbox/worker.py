"""The trusted side's end of a worker, whatever carries its bytes: frames, the cap on what it prints, how it ended."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, Protocol

from sandbox import wire
from sandbox.base import MemoryExceeded, OutputExceeded, SandboxError, TimeExceeded, WorkerEnded
from sandbox.limits import Limits

BREACHES = ("memory", "gpu-memory", "threads", "scratch")
_MAX_HEAD, _MAX_BODY = 1 << 18, 1 << 26
_LEAST_SECONDS = 0.2  # for the engine to notice that a worker has ended


class Channel(Protocol):
    """What carries one worker's bytes. Deadlines are values of `time.monotonic`.

    `printed` is called with whatever the worker prints, as it arrives, also while the channel waits for something else.
    """

    printed: Callable[[bytes], None]

    def write(self, data: memoryview, deadline: float) -> int:
        """Send some of `data` and return how much. Raises TimeoutError, or EOFError where the wire is closed."""

    def read(self, deadline: float) -> bytes:
        """What has arrived on the wire, at least one byte. Raises TimeoutError, or EOFError where it is closed."""

    def drain(self) -> None:
        """Hand over what the worker has printed so far."""

    def end(self, deadline: float) -> Mapping[str, Any]:
        """How a worker that closed the wire has ended: ``{"status": exit status, "breach": None or a limit's name}``.

        Raises TimeoutError where it lives on at the deadline, and SandboxError where nobody knows.
        """

    def close(self) -> None:
        """Kill the worker. Never raises."""


class FramedWorker:
    """See `sandbox.base.Worker`. `closing` is called when it has been closed."""

    def __init__(self, channel: Channel, limits: Limits) -> None:
        self._channel, self._limits = channel, limits
        self.closing: Callable[[], None] = lambda: None
        self._waiting, self._output = bytearray(), bytearray()
        self.received = 0
        self._printed = 0
        channel.printed = self._keep_print

    def send(self, message: Any, seconds: float) -> None:
        data = memoryview(wire.pack(message))
        deadline = time.monotonic() + seconds
        while data:
            try:
                data = data[self._channel.write(data, deadline) :]
            except TimeoutError:
                self._late()
            except EOFError:
                self._ended(deadline)

    def receive(self, seconds: float) -> Any:
        deadline = time.monotonic() + seconds

        def exactly(size: int) -> bytes:
            while len(self._waiting) < size:
                try:
                    self._waiting += self._channel.read(deadline)
                except TimeoutError:
                    self._late()
                except EOFError:
                    self._ended(deadline)
            data = bytes(self._waiting[:size])
            del self._waiting[:size]
            self.received += size
            return data

        try:
            return wire.read_frame(exactly, _MAX_HEAD, _MAX_BODY)
        except wire.FrameTooLarge as error:
            self.close()
            raise OutputExceeded(f"it returned too much: {error}") from None
        except wire.WireError as error:
            self.close()
            raise WorkerEnded(f"it wrote to the wire: {error}") from None

    def take_output(self) -> str:
        self._channel.drain()
        text = self._output.decode(errors="replace")
        self._output.clear()
        return text

    def close(self) -> None:
        self._channel.close()
        self.closing()

    def _keep_print(self, chunk: bytes) -> None:
        room = (self._limits.output_kb << 10) - self._printed
        self._output += chunk[: max(room, 0)]
        self._printed += len(chunk)
        if len(chunk) > room:
            self.close()
            raise OutputExceeded(f"it printed more than {self._limits.output_kb} KiB")

    def _late(self) -> NoReturn:
        self._channel.drain()
        self.close()
        raise TimeExceeded

    def _ended(self, deadline: float) -> NoReturn:
        """The wire is closed: find out why, as long as there is time, and raise."""
        limits = self._limits
        with contextlib.suppress(OutputExceeded):
            self._channel.drain()
        try:
            end = self._channel.end(max(deadline, time.monotonic() + _LEAST_SECONDS))
        except TimeoutError:
            raise WorkerEnded("it closed the wire") from None
        finally:
            self.close()
        match end["breach"]:
            case "memory":
                raise MemoryExceeded(f"it used more than {limits.memory_mb} MiB")
            case "gpu-memory":
                raise MemoryExceeded(f"it used more than {limits.gpu_memory_mb} MiB of the GPU's memory")
            case "threads":
                raise MemoryExceeded(f"it started more than {limits.threads} threads")
            case "scratch":
                raise OutputExceeded(f"it wrote more than {limits.scratch_mb} MiB or {limits.scratch_files} files")
            case str(reason):
                raise SandboxError(reason)
        status = end["status"]
        raise WorkerEnded(
            f"its process was ended by signal {-status}" if status < 0 else f"its process exited with status {status}"
        )
