"""The keeper of a run: it waits until the run is over, however that comes about, and removes its containers."""

from __future__ import annotations

import sys
import time

import docker
import docker.errors
import requests

from sandbox.base import SandboxError
from sandbox.docker.container import RUN_LABEL
from sandbox.docker.engine import connect

_PATIENCE_SECONDS = 600.0
_PAUSE_SECONDS = 0.2


def keep(run: str) -> None:
    """Wait for the end of standard input; then remove the containers of `run`, those included that are just being
    made.
    """
    sys.stdin.buffer.read()
    deadline, quiet = time.monotonic() + _PATIENCE_SECONDS, 0
    while quiet < 2 and time.monotonic() < deadline:
        try:
            client = connect()
            left = client.api.containers(all=True, quiet=True, filters={"label": f"{RUN_LABEL}={run}"})
        except (SandboxError, docker.errors.DockerException, requests.RequestException, OSError):
            time.sleep(_PAUSE_SECONDS)  # the engine may come back
            continue
        for container in left:
            try:
                client.api.remove_container(container["Id"], force=True)
            except (docker.errors.APIError, requests.RequestException):
                continue  # it is being removed already
        quiet = 0 if left else quiet + 1
        time.sleep(_PAUSE_SECONDS)
