"""A session for trusted code that is graded many times over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from grader.proxy import Session
from sandbox import wire


class OneWorker(Session):
    """A session that goes on with its worker as long as no object of the answer's is in it: a new one takes a framework
    longer than most mutants live.
    """

    explained = False

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._holds_objects = False

    def renew(self, seed: int) -> None:
        if self._holds_objects or not self._worker:
            super().renew(seed)
            self._holds_objects = False

    def request(self, what: str, callbacks: Mapping[int, Callable[..., Any]], **message: Any) -> Any:
        value = super().request(what, callbacks, **message)
        self._holds_objects |= wire.has_ref(value)
        return value
