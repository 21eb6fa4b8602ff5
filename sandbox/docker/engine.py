"""The Docker Engine: one client, and one clear sentence where it does not do what is asked."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import docker
import docker.errors
import requests

from sandbox.base import SandboxError, SandboxUnavailable

_SECONDS = 60
_REMEDIES = {
    "no space left": "; free disk space, for example with `docker system prune`",
    "could not select device driver": "; install NVIDIA's container toolkit, which hands GPUs to containers",
}


def connect() -> docker.DockerClient:
    """A client of the engine that the environment names (DOCKER_HOST …), or the local one.

    Raises SandboxUnavailable where no engine answers, or it may not be used.
    """
    try:
        client = docker.from_env(timeout=_SECONDS)
        client.ping()
    except (docker.errors.DockerException, requests.RequestException, OSError) as error:
        raise SandboxUnavailable(_why_not(str(error))) from None
    return client


@contextlib.contextmanager
def asking(what: str) -> Iterator[None]:
    """Raise SandboxError, in one sentence, where the engine fails to do `what`. What is not there is the caller's to
    say, and so is what a build says.
    """
    try:
        yield
    except (docker.errors.NotFound, docker.errors.BuildError):
        raise
    except docker.errors.APIError as error:
        reason = str(error.explanation or error)
        remedy = next((remedy for sign, remedy in _REMEDIES.items() if sign in reason), "")
        raise SandboxError(f"the Docker Engine could not {what}: {reason}{remedy}") from None
    except (docker.errors.DockerException, requests.RequestException, OSError) as error:
        raise SandboxError(f"the Docker Engine went away while it was to {what}: {_reason(str(error))}") from None


def _why_not(text: str) -> str:
    if "Permission" in text:
        return (
            "you may not use the Docker Engine's socket: join the group docker, or run the engine rootless and set "
            "DOCKER_HOST"
        )
    return f"no Docker Engine answers ({_reason(text)}): start it, or set DOCKER_HOST, or use --sandbox local"


def _reason(text: str) -> str:
    for known in ("No such file or directory", "Connection refused", "Read timed out", "Connection reset"):
        if known in text:
            return known.lower()
    return text.splitlines()[0][:200] if text else "no reason given"
