"""One container: the relay inside it, and the workers that it opens, over its standard streams.

It ends by itself when the stream is closed from here, whatever the reason, and the engine removes it then.
"""

from __future__ import annotations

import contextlib
import json
import select
import socket
import struct
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import docker
import docker.errors
import docker.types
import msgpack

from sandbox.base import Runtime, SandboxError, WorkerEnded
from sandbox.docker.engine import asking
from sandbox.limits import Limits
from sandbox.wall import CUDA_CALLS
from sandbox.worker import BREACHES

RUN_LABEL = "grader.run"
_SECCOMP = Path(__file__).with_name("seccomp.json")
_NOBODY = 65534
_TEMPLATE_MB = 1536  # what a warm template, its spare and the relay need beside an answer
_PIDS = 2048  # of the container: the template's watch ends a worker that exceeds its own threads long before
_CPUS = 2
_START_SECONDS = 180.0
_LAST_WORDS_SECONDS = 6.0
_CHUNK = 1 << 18
_HEADER = struct.Struct(">BxxxI")
_STDOUT = 1


@dataclass(frozen=True)
class Plan:
    """What the containers of one run have in common.

    Attributes:
        image: The image that they run.
        run: The run that they belong to, for their label.
        oci_runtime: Which of the engine's OCI runtimes starts them; empty for its default.
        without: Layers of the inner wall whose absence is accepted.
    """

    image: str
    run: str
    oci_runtime: str = ""
    without: tuple[str, ...] = ()


class ContainerEnded(Exception):
    """The stream is closed: the container has ended. The text is the last that it said on its standard error."""


class Container:
    """A container that runs the relay. Not for several threads at once."""

    def __init__(self, client: docker.DockerClient, plan: Plan, command: list[str], limits: Limits, gpu: str = ""):
        """Create, attach to and start it. Raises SandboxError."""
        with asking("start a container"):
            self._id = client.api.create_container(
                plan.image,
                command,
                user=f"{_NOBODY}:{_NOBODY}",
                environment={"HOME": "/scratch", "TMPDIR": "/scratch"},
                working_dir="/scratch",
                stdin_open=True,
                labels={RUN_LABEL: plan.run},
                host_config=_host_config(client, plan, limits, gpu),
                hostname="grader",
            )["Id"]
            stream = client.api.attach_socket(self._id, {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1})
            self._stream: socket.socket = getattr(stream, "_sock", stream)
            self._kept = stream  # its end would close the socket
            try:
                client.api.start(self._id)
            except BaseException:
                with contextlib.suppress(docker.errors.NotFound):  # the engine may have removed it by itself
                    client.api.remove_container(self._id, force=True)
                raise
        self._stream.setblocking(False)
        self._raw, self._errors = bytearray(), bytearray()
        # All that comes out is the container's to choose: capped, and plain.
        self._unpacker = msgpack.Unpacker(
            max_buffer_size=1 << 23, max_bin_len=_CHUNK, max_str_len=1 << 14, max_array_len=64, max_map_len=16
        )
        self._number = 0
        self._heard: list[tuple[str, Any]] = []
        self._client = client
        self.usable = True
        self.touched = False  # whether it has received a byte of an answer

    def engine_answers(self) -> bool:
        try:
            return bool(self._client.ping())
        except (docker.errors.DockerException, OSError):
            return False

    def hear(self, deadline: float) -> tuple[str, Any]:
        """The next message of the current worker. Raises TimeoutError, or ContainerEnded."""
        while not self._heard:
            self._wait(deadline, writing=False)
            self._take()
        return self._heard.pop(0)

    def overhear(self) -> list[tuple[str, Any]]:
        """The current worker's messages that are here already."""
        with contextlib.suppress(ContainerEnded, TimeoutError):
            while True:
                self._wait(time.monotonic(), writing=False)
                self._take()
        heard, self._heard = self._heard, []
        return heard

    def tell(self, kind: str, payload: Any, deadline: float) -> None:
        """Send the current worker a message. Raises TimeoutError, or ContainerEnded; it is of no use after either."""
        data = memoryview(msgpack.packb([self._number, kind, payload]))
        while data:
            try:
                data = data[self._stream.send(data) :]
            except BlockingIOError:
                try:
                    self._wait(deadline, writing=True)
                except TimeoutError:
                    self.usable = False
                    raise
            except OSError:
                self._end()

    def next_worker(self, limits: Limits) -> None:
        """Have a new worker opened, and be deaf to the one before it. Raises ContainerEnded."""
        self._number += 1
        self._heard.clear()
        self.tell("open", asdict(limits), time.monotonic() + _LAST_WORDS_SECONDS)

    def close(self) -> None:
        self.usable = False
        with contextlib.suppress(OSError):
            self._stream.shutdown(socket.SHUT_RDWR)
        self._stream.close()
        self._kept.close()

    def last_words(self) -> str:
        return self._errors.decode(errors="replace").strip()

    def _wait(self, deadline: float, writing: bool) -> None:
        left = max(deadline - time.monotonic(), 0)
        readable, writable, _ = select.select(
            [] if writing else [self._stream], [self._stream] if writing else [], [], left
        )
        if not readable and not writable:
            raise TimeoutError

    def _take(self) -> None:
        """Read what has arrived. The engine sends standard output and standard error in frames of its own."""
        try:
            chunk = self._stream.recv(_CHUNK)
        except BlockingIOError:
            return
        except OSError:
            chunk = b""
        if not chunk:
            self._end()
        self._raw += chunk
        while len(self._raw) >= _HEADER.size:
            stream, size = _HEADER.unpack_from(self._raw)
            if len(self._raw) < _HEADER.size + size:
                break
            text = bytes(self._raw[_HEADER.size : _HEADER.size + size])
            del self._raw[: _HEADER.size + size]
            if stream == _STDOUT:
                self._unpack(text)
            else:
                self._errors = (self._errors + text)[-4096:]

    def _unpack(self, data: bytes) -> None:
        try:
            self._unpacker.feed(data)
            for number, kind, payload in self._unpacker:
                if number == self._number:
                    self._heard.append((kind, payload))
        except (ValueError, TypeError, msgpack.UnpackException, RecursionError):
            self._end()  # no relay of ours says that

    def _end(self) -> None:
        self.usable = False
        raise ContainerEnded(self.last_words())


def warm(client: docker.DockerClient, plan: Plan, runtime: Runtime, limits: Limits) -> Container:
    """A container whose template has its framework imported. Raises SandboxError."""
    command = [runtime.framework, *(x for m in runtime.modules for x in ("--module", m))]
    command += [x for layer in plan.without for x in ("--without", layer)]
    command += ["--gpu", runtime.gpu] if runtime.gpu else []
    container = Container(client, plan, command, limits, runtime.gpu)
    kind, payload = first_word(container)
    if kind != "ready":
        container.close()
        raise SandboxError(f"the {runtime.framework} runtime did not start in its container: {payload}")
    return container


def inner_layers(client: docker.DockerClient, plan: Plan) -> Mapping[str, str]:
    """The layers that the wall inside a container lacks, each with the reason. Raises SandboxError."""
    container = Container(client, plan, ["--probe"], Limits())
    try:
        kind, payload = first_word(container)
    finally:
        container.close()
    if kind != "missing":
        raise SandboxError(f"the wall inside a container could not be looked at: {payload}")
    return payload  # type: ignore[no-any-return]


def first_word(container: Container) -> tuple[str, Any]:
    try:
        return container.hear(time.monotonic() + _START_SECONDS)
    except TimeoutError:
        return "failed", f"it said nothing for {_START_SECONDS:g} s"
    except ContainerEnded as end:
        said = str(end).splitlines()
        return "failed", said[-1] if said else "it ended without a word"


def _host_config(client: docker.DockerClient, plan: Plan, limits: Limits, gpu: str) -> docker.types.HostConfig:
    # An answer's worker and the spare, and what is written between two looks of the template's watch.
    scratch_mb = 2 * limits.scratch_mb + 64
    memory = (_TEMPLATE_MB + limits.memory_mb + scratch_mb) << 20
    scratch = f"rw,nosuid,nodev,noexec,size={scratch_mb}m,mode=0700,uid={_NOBODY},gid={_NOBODY}"
    gpus = [docker.types.DeviceRequest(device_ids=[gpu], capabilities=[["gpu", "compute", "utility"]])] if gpu else None
    return client.api.create_host_config(
        auto_remove=True,
        network_mode="none",
        ipc_mode="none",
        read_only=True,
        cap_drop=["ALL"],
        security_opt=["no-new-privileges", f"seccomp={json.dumps(_seccomp(bool(gpu)))}"],
        pids_limit=_PIDS,
        mem_limit=memory,
        memswap_limit=memory,  # memory and swap together: no swap
        nano_cpus=min(_CPUS, client.info()["NCPU"]) * 10**9,
        tmpfs={"/scratch": scratch},
        ulimits=[docker.types.Ulimit(name="core", soft=0, hard=0)],
        log_config=docker.types.LogConfig(type="none"),
        runtime=plan.oci_runtime or None,
        device_requests=gpus,
    )


def _seccomp(cuda: bool) -> dict[str, Any]:
    profile: dict[str, Any] = json.loads(_SECCOMP.read_text())
    if cuda:
        profile["syscalls"].append({"names": list(CUDA_CALLS), "action": "SCMP_ACT_ALLOW"})
    return profile


class ContainerChannel:
    """See `sandbox.worker.Channel`."""

    printed: Callable[[bytes], None]

    def __init__(self, container: Container, limits: Limits) -> None:
        """Have a new worker opened. Raises ContainerEnded."""
        container.next_worker(limits)
        self._container = container
        self._arrived = bytearray()
        self._end: dict[str, Any] | None = None
        self._closed = False

    def write(self, data: memoryview, deadline: float) -> int:
        chunk = bytes(data[:_CHUNK])
        self._container.touched = True
        try:
            self._container.tell("wire", chunk, deadline)
        except ContainerEnded:
            raise EOFError from None
        return len(chunk)

    def read(self, deadline: float) -> bytes:
        while not self._arrived:
            if self._end:
                raise EOFError
            try:
                self._sort(*self._container.hear(deadline))
            except ContainerEnded:
                raise EOFError from None
        data = bytes(self._arrived)
        self._arrived.clear()
        return data

    def drain(self) -> None:
        if not self._closed:
            for message in self._container.overhear():
                self._sort(*message)

    def end(self, deadline: float) -> Mapping[str, Any]:
        try:
            while not self._end:
                self._sort(*self._container.hear(deadline))
        except ContainerEnded as end:
            if self._container.touched and self._container.engine_answers():
                raise WorkerEnded("its container ended") from None
            raise SandboxError(f"a container ended: {str(end) or 'the Docker Engine went away'}") from None
        status, breach = self._end.get("status"), self._end.get("breach")
        if breach == "lives":
            raise TimeoutError
        if self._container.touched and (type(status) is not int or breach not in (None, *BREACHES)):
            return {"status": 1, "breach": None}  # whoever has said that, shared the container with the answer
        return {"status": status, "breach": breach}

    def close(self) -> None:
        if not self._closed and self._container.usable:
            self._closed = True
            with contextlib.suppress(ContainerEnded, TimeoutError):
                self._container.tell("close", None, time.monotonic() + _LAST_WORDS_SECONDS)

    def _sort(self, kind: str, payload: Any) -> None:
        match kind, payload:
            case "wire", bytes():
                self._arrived += payload
            case "print", bytes():
                self.printed(payload)
            case "end", dict():
                self._end = payload
