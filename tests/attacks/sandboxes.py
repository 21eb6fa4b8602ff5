"""The sandboxes that are attacked, by name, and whether they can be used here. The one place that knows them apart."""

from __future__ import annotations

from sandbox.base import Sandbox, SandboxUnavailable
from sandbox.docker import DockerSandbox
from sandbox.local import LocalSandbox

SANDBOXES = ("local", "docker")


def make_sandbox(name: str) -> Sandbox:
    """The sandbox, to be used as a context manager. Raises SandboxUnavailable."""
    return LocalSandbox(spares=2) if name == "local" else DockerSandbox()


def missing(name: str) -> str:
    """Why the sandbox cannot be used here; empty where it can."""
    try:
        with make_sandbox(name):
            return ""
    except SandboxUnavailable as error:
        return str(error)
