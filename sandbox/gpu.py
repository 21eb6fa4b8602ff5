"""GPUs: which there are, what a worker on one may reach, and a sandbox that hands one to one answer at a time.

An answer on a GPU has a process, and so a CUDA context, of its own; trusted code stays on the CPU and never shares a
device with it. Before an answer gets a GPU, a worker of ours overwrites what is free of its memory and computes a
product: a GPU that fails is not used again. CUDA starts in a worker when its wall has closed, never in a template.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from sandbox.base import Cell, Runtime, Sandbox, SandboxError, SandboxUnavailable, Worker, WorkerEnded
from sandbox.limits import Limits

LAYER = "gpu-lease"
FRAMEWORK = "torch"
"""The one framework whose answers get a GPU: the pinned TensorFlow is built for the CPU."""

_SHARED_DEVICES = ("/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia-uvm-tools")
_WAIT_SECONDS, _POLL_SECONDS = 86400.0, 0.05  # others' answers end by their own limits long before
_METER_MS = 25
_CHECK_SECONDS = 60.0
_CHECK_LIMITS = Limits(call_seconds=_CHECK_SECONDS, load_seconds=_CHECK_SECONDS, gpu_memory_mb=1 << 20)
_SIDE = 256
_CHECK = b"""
import torch

LEFT = 512 << 20  # for the context, and for what CUDA itself allocates


def overwrite():
    free, _ = torch.cuda.mem_get_info()
    block = torch.zeros(max(free - LEFT, 0), dtype=torch.uint8)
    torch.cuda.synchronize()
    return block.numel()


def product(x, y):
    return x @ y
"""


@dataclass(frozen=True)
class Gpu:
    """A GPU of NVIDIA's, as its driver describes it.

    Attributes:
        uuid: What names it to CUDA and to the Docker Engine.
        name: The model.
        memory_mb: Its memory, in MiB.
        device: The device file that is its own.
    """

    uuid: str
    name: str
    memory_mb: int
    device: str


def gpus() -> tuple[Gpu, ...]:
    """The GPUs of this machine, or container. Raises SandboxUnavailable where there is none that can be used."""
    with _driver() as nvml:
        found = [_describe(nvml, nvml.nvmlDeviceGetHandleByIndex(i)) for i in range(nvml.nvmlDeviceGetCount())]
    if not found:
        raise SandboxUnavailable("NVIDIA's driver knows no GPU: use --device cpu")
    return tuple(found)


def device_files(uuid: str) -> list[str]:
    """What a worker on the GPU must open for reading and writing. Raises SandboxUnavailable."""
    own = next((gpu.device for gpu in gpus() if gpu.uuid == uuid), None)
    if own is None:
        raise SandboxUnavailable(f"there is no GPU {uuid}")
    return [own, *(path for path in _SHARED_DEVICES if os.path.exists(path))]


class Meter:
    """How much memory of a GPU is in use, by whomever. For a process that forks workers: the driver's own program
    measures, so that nothing of CUDA's or NVML's is loaded here. Raises SandboxUnavailable where that cannot be run.
    """

    def __init__(self, uuid: str) -> None:
        command = ["nvidia-smi", f"--id={uuid}", "--query-gpu=memory.used", "--format=csv,noheader,nounits"]
        command.append(f"--loop-ms={_METER_MS}")
        try:
            self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
        except OSError as error:
            raise SandboxUnavailable(f"the GPU's memory cannot be measured: nvidia-smi: {error.strerror}") from None
        assert self._process.stdout
        os.set_blocking(self._process.stdout.fileno(), False)
        self._last = b""

    def used_mb(self) -> int:
        """The last measurement, in MiB; 0 before the first. Raises SandboxError where there are no more."""
        assert self._process.stdout
        said = self._last + (self._process.stdout.read() or b"")
        if self._process.poll() is not None:
            raise SandboxError("nvidia-smi has ended: the GPU's memory is measured no more")
        *lines, rest = said.split(b"\n")
        self._last = b"\n".join([*lines[-1:], rest])
        if lines and not lines[-1].strip().isdigit():
            raise SandboxError(f"nvidia-smi gives no size for the GPU's memory in use, but {lines[-1].decode()!r}")
        return int(lines[-1]) if lines else 0

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


@contextlib.contextmanager
def _driver() -> Iterator[Any]:
    import pynvml

    try:
        pynvml.nvmlInit()
        yield pynvml
    except pynvml.NVMLError as error:
        raise SandboxUnavailable(
            f"no GPU can be used ({error}): install NVIDIA's driver, or use --device cpu"
        ) from None


def _describe(nvml: Any, handle: Any) -> Gpu:
    return Gpu(
        nvml.nvmlDeviceGetUUID(handle),
        nvml.nvmlDeviceGetName(handle),
        nvml.nvmlDeviceGetMemoryInfo(handle).total >> 20,
        f"/dev/nvidia{nvml.nvmlDeviceGetMinorNumber(handle)}",
    )


class Lease:
    """The right to use one of some names, held by one process of the machine at a time, until `end` or until the
    process is gone.

    It is an abstract socket (unix(7)): no file that could stay behind, and none that an answer could reach.
    """

    def __init__(self, name: str, held: socket.socket) -> None:
        self.name, self._held = name, held

    @classmethod
    def take(cls, names: Sequence[str], seconds: float = _WAIT_SECONDS) -> Lease:
        """The first of `names` that is free within `seconds`. Raises SandboxError where none is."""
        deadline = time.monotonic() + seconds
        while True:
            for name in names:
                held = socket.socket(socket.AF_UNIX)
                try:
                    held.bind(f"\0grader-lease-{name}")
                    return cls(name, held)
                except OSError:
                    held.close()
            if time.monotonic() >= deadline:
                raise SandboxError(f"no GPU of {len(names)} was free within {seconds:g} s")
            time.sleep(_POLL_SECONDS)

    def end(self) -> None:
        self._held.close()


class GpuSandbox:
    """See `sandbox.base.Sandbox`: `inner`, each of whose answers has one of `cards` to itself. Leaving it leaves
    `inner`.
    """

    def __init__(self, inner: Sandbox, cards: Sequence[Gpu]) -> None:
        self.name, self.on_cpu = inner.name, inner
        self._cards = tuple(cards)
        self._ill: dict[str, str] = {}

    @property
    def layers(self) -> Sequence[str]:
        return [*self.on_cpu.layers, LAYER]

    @property
    def devices(self) -> Sequence[str]:
        return [gpu.name for gpu in self._cards]

    def start(self, runtimes: Sequence[Runtime]) -> None:
        """Start the runtimes on the CPU and on every GPU, and check the GPUs.

        Raises SandboxUnavailable where none of them computes as it should behind the wall.
        """
        on_gpus = [replace(r, gpu=card.uuid) for r in runtimes if r.framework == FRAMEWORK for card in self._cards]
        self.on_cpu.start(runtimes)
        for runtime in on_gpus:
            if lease := self._take(runtime, [runtime.gpu]):
                lease.end()
        if on_gpus and len(self._ill) == len(self._cards):
            raise SandboxUnavailable(self._none_left())

    def cell(self, runtime: Runtime, limits: Limits) -> Cell:
        """A cell on a GPU that has just been checked. Raises SandboxError where there is none left."""
        while healthy := [card.uuid for card in self._cards if card.uuid not in self._ill]:
            if lease := self._take(runtime, healthy):
                chosen = replace(runtime, gpu=lease.name)
                return GpuCell(self.on_cpu.cell(chosen, limits), lease, partial(self._fault, chosen))
        raise SandboxError(self._none_left())

    def open(self, runtime: Runtime, limits: Limits) -> Worker:
        return self.on_cpu.open(runtime, limits)

    def shared(self) -> Callable[[], Sandbox]:
        return partial(_join, self.on_cpu.shared(), self._cards)

    def mend(self) -> None:
        self.on_cpu.mend()

    def __enter__(self) -> GpuSandbox:
        self.on_cpu.__enter__()
        return self

    def __exit__(self, *exc: object) -> None:
        self.on_cpu.__exit__(*exc)

    def _take(self, runtime: Runtime, names: Sequence[str]) -> Lease | None:
        """A lease of the first free GPU of `names`; None where it is ill, which is noted."""
        lease = Lease.take(names)
        if fault := self._fault(replace(runtime, gpu=lease.name)):
            self._ill[lease.name] = fault
            lease.end()
            return None
        return lease

    def _none_left(self) -> str:
        return f"no GPU computes as it should: {'; '.join(self._ill.values())}"

    def _fault(self, runtime: Runtime) -> str:
        """Why the GPU of `runtime` is not to be used; empty where it may be."""
        try:
            self._check(runtime)
        except (WorkerEnded, SandboxError) as error:
            return f"{runtime.gpu}: {error or 'it does not answer'}"
        return ""

    def _check(self, runtime: Runtime) -> None:
        """Leave zeros in the free memory of the GPU of `runtime`, and let it compute. Raises SandboxError or
        WorkerEnded where it does not as it should.
        """
        # integers of two digits: their products' sums are exact in float32, in whatever order
        x, y = (np.random.default_rng().integers(-99, 100, (_SIDE, _SIDE)).astype(np.float32) for _ in range(2))
        worker = self.on_cpu.open(runtime, _CHECK_LIMITS)
        try:
            _ask(worker, {"op": "load", "files": {"c.py": _CHECK}, "main": "c.py", "support": {}, "seed": 0})
            _ask(worker, {"op": "call", "name": "overwrite", "args": [], "kwargs": {}})
            found = _ask(worker, {"op": "call", "name": "product", "args": [x, y], "kwargs": {}})
        finally:
            worker.close()
        if not np.array_equal(found, x @ y):
            raise SandboxError("it multiplies wrongly")


def _join(join: Callable[[], Sandbox], cards: Sequence[Gpu]) -> GpuSandbox:
    return GpuSandbox(join(), cards)


def _ask(worker: Worker, message: dict[str, Any]) -> Any:
    worker.send(message, _CHECK_SECONDS)
    reply = worker.receive(_CHECK_SECONDS)
    if "error" in reply:
        raise SandboxError(f"{reply['error']['type']}: {reply['error']['message']}")
    return reply["value"]


class GpuCell:
    """See `sandbox.base.Cell`. Its GPU is the answer's until it is closed."""

    def __init__(self, inner: Cell, lease: Lease, check: Callable[[], str]) -> None:
        self._inner, self._lease, self._check = inner, lease, check

    def open(self) -> Worker:
        return self._inner.open()

    def fault(self) -> str:
        return self._check()

    def close(self) -> None:
        self._inner.close()
        self._lease.end()
