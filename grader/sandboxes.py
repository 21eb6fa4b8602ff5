"""The sandbox that a user asks for."""

from __future__ import annotations

import sys
from collections.abc import Collection

from grader.errors import UsageError
from sandbox.base import Sandbox
from sandbox.gpu import GpuSandbox, gpus
from sandbox.local import LocalSandbox

BACKENDS = ("local", "docker", "none")
DEFAULT = "local" if sys.platform.startswith("linux") else "docker"
ACCEPTABLE = ("landlock", "seccomp")


def open_sandbox(
    backend: str, spares: int = 1, without: Collection[str] = (), oci_runtime: str = "", device: str = "cpu"
) -> Sandbox:
    """The sandbox `backend`, to be used as a context manager, whose answers compute on `device`.

    `without` names the layers whose absence is accepted; `spares` workers are kept ready by a local one. Raises
    UsageError where the options do not fit together, and SandboxUnavailable where this machine lacks something.
    """
    if device == "cuda":
        cards = gpus()
        # One answer at a time has a GPU, and each spare holds memory of it.
        return GpuSandbox(open_sandbox(backend, 1, without, oci_runtime), cards)
    if oci_runtime and backend != "docker":
        raise UsageError(f"--oci-runtime {oci_runtime} needs --sandbox docker")
    match backend:
        case "docker":
            from sandbox.docker import DockerSandbox  # the engine's SDK takes a quarter of a second to import

            return DockerSandbox(without, oci_runtime)
        case "local":
            return LocalSandbox(spares, without=without)
    return LocalSandbox(spares, walled=False)
