"""Warm containers, made in the background, each for one answer."""

from __future__ import annotations

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from sandbox.base import Cell, Runtime
from sandbox.docker.container import Container, ContainerChannel, ContainerEnded
from sandbox.limits import Limits
from sandbox.worker import FramedWorker

Key = tuple[Runtime, Limits]
_MOST_KINDS = 3


class Pool:
    """For each kind of container that was asked for lately, one that is warm, or about to be."""

    def __init__(self, make: Callable[[Runtime, Limits], Container]) -> None:
        self._make = make
        self._warm: OrderedDict[Key, Future[Container]] = OrderedDict()

    def take(self, runtime: Runtime, limits: Limits) -> Container:
        """A warm container, for one answer. Raises SandboxError."""
        key = runtime, limits
        made = self._warm.pop(key, None) or self._begin(key)
        container = made.result()
        self._warm[key] = self._begin(key)
        if len(self._warm) > _MOST_KINDS:
            _discard(self._warm.popitem(last=False)[1])
        return container

    def prepare(self, runtime: Runtime, limits: Limits) -> Future[Container]:
        """The container that the next `take` gives, warm or about to be."""
        key = runtime, limits
        if key not in self._warm:
            self._warm[key] = self._begin(key)
        return self._warm[key]

    def close(self) -> None:
        while self._warm:
            _discard(self._warm.popitem()[1])

    def _begin(self, key: Key) -> Future[Container]:
        future: Future[Container] = Future()

        def work() -> None:
            try:
                future.set_result(self._make(*key))
            except BaseException as error:
                future.set_exception(error)

        threading.Thread(target=work, daemon=True).start()
        return future


def _discard(future: Future[Container]) -> None:
    def close(done: Future[Container]) -> None:
        if not done.exception():
            done.result().close()

    future.add_done_callback(close)


@dataclass
class DockerCell(Cell):
    """See `sandbox.base.Cell`."""

    pool: Pool
    runtime: Runtime
    limits: Limits
    container: Container | None = None

    def open(self) -> FramedWorker:
        if self.container and self.container.usable:
            with contextlib.suppress(ContainerEnded):  # its answer has ended it
                return FramedWorker(ContainerChannel(self.container, self.limits), self.limits)
        self.close()
        self.container = self.pool.take(self.runtime, self.limits)
        return FramedWorker(ContainerChannel(self.container, self.limits), self.limits)

    def close(self) -> None:
        if self.container:
            self.container.close()
            self.container = None
