"""The `docker` sandbox: the template and the workers of the local one inside containers, one more wall around them.

Each answer has a container of its own, taken from a pool of warm ones. A *keeper*, a process that outlives the run's
own however they end, removes whatever is left of the run.
"""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path

from sandbox import wall
from sandbox.base import Runtime, Sandbox, SandboxError, SandboxUnavailable
from sandbox.docker.container import Container, Plan, inner_layers, warm
from sandbox.docker.engine import asking, connect
from sandbox.docker.images import require_runtime
from sandbox.docker.pool import DockerCell, Pool
from sandbox.limits import Limits
from sandbox.worker import FramedWorker

_ROOT = Path(__file__).resolve().parent.parent.parent
LAYERS = (
    "container",
    *("no-network", "read-only-root", "unprivileged-user", "container-seccomp", "memory-cgroup", "pids-cgroup"),
)


class DockerSandbox(Sandbox):
    """See `sandbox.base.Sandbox`. `without` names the layers of the wall inside the containers whose absence the user
    accepts (another OCI runtime's kernel may lack some); `oci_runtime` is one of the engine's.

    Raises SandboxUnavailable where there is no engine, no image, or a layer is missing.
    """

    name = "docker"

    def __init__(self, without: Collection[str] = (), oci_runtime: str = "") -> None:
        client = connect()
        if oci_runtime:
            with asking("list its runtimes"):
                known = client.info()["Runtimes"]
            if oci_runtime not in known:
                raise SandboxUnavailable(
                    f"the Docker Engine has no runtime {oci_runtime!r}; it has {', '.join(sorted(known))}"
                )
        plan = Plan(require_runtime(client), uuid.uuid4().hex, oci_runtime)
        self._keeper: subprocess.Popen[bytes] | None = _start_keeper(plan.run)
        try:
            missing = inner_layers(client, plan)
            if refused := [sentence for layer, sentence in missing.items() if layer not in without]:
                raise SandboxUnavailable(f"inside a container: {'; '.join(refused)}")
        except BaseException:
            self._end_keeper()
            raise
        self._join(Plan(plan.image, plan.run, oci_runtime, tuple(missing)))

    def _join(self, plan: Plan) -> None:
        self._plan, client = plan, connect()
        self._pool = Pool(lambda runtime, limits: warm(client, plan, runtime, limits))

    @classmethod
    def join(cls, plan: Plan) -> DockerSandbox:
        """The sandbox of another process of this run, with a pool of its own."""
        joined = cls.__new__(cls)
        joined._keeper = None
        joined._join(plan)
        return joined

    def shared(self) -> Callable[[], DockerSandbox]:
        return partial(DockerSandbox.join, self._plan)

    @property
    def layers(self) -> Sequence[str]:
        return [*LAYERS, *(layer for layer in wall.LAYERS if layer not in self._plan.without)]

    def start(self, runtimes: Sequence[Runtime]) -> None:
        """Nothing is shared but the engine: each process warms what it needs."""

    def warm(self, kinds: Sequence[tuple[Runtime, Limits]]) -> None:
        """Wait until a container of each kind is warm. Raises SandboxError."""
        for runtime, limits in kinds:
            self._pool.prepare(runtime, limits).result()

    def mend(self) -> None:
        pass

    def cell(self, runtime: Runtime, limits: Limits) -> DockerCell:
        return DockerCell(self._pool, runtime, limits)

    def open(self, runtime: Runtime, limits: Limits) -> FramedWorker:
        cell = self.cell(runtime, limits)
        worker = cell.open()
        worker.closing = cell.close
        return worker

    def __enter__(self) -> DockerSandbox:
        return self

    def __exit__(self, *exc: object) -> None:
        self._pool.close()
        self._end_keeper()

    def _end_keeper(self) -> None:
        if self._keeper:
            assert self._keeper.stdin
            self._keeper.stdin.close()
            self._keeper.wait()
            self._keeper = None


def _start_keeper(run: str) -> subprocess.Popen[bytes]:
    boot = f"import sys; sys.path.insert(0, {str(_ROOT)!r}); from sandbox.docker.keeper import keep; keep({run!r})"
    return subprocess.Popen([sys.executable, "-I", "-c", boot], stdin=subprocess.PIPE, start_new_session=True)


__all__ = ["Container", "DockerSandbox", "SandboxError"]
