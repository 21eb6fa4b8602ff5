"""The reference behind the same wall, in a worker of its own; its values are kept and shared by all candidates."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

from grader.bank import Question
from grader.failure import AnswerFailure
from grader.proxy import Session
from grader.source import Source
from sandbox import wire
from sandbox.base import Sandbox

ReferenceCache = MutableMapping[str, bytes]
"""A call's digest to its value, as a frame of the wire."""

_PURE = ("call", "gradients")


class ReferenceFailure(Exception):
    """The reference failed a call: the question is wrong, never the answer. `types` are its exception's, by name."""

    def __init__(self, message: str, types: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.types = types


def reference_source(question: Question, framework: str) -> Source:
    name = f"{framework}_answer.py"
    return Source({name: question.reference_source(framework)}, name, framework)


class CachedSession(Session):
    """A session with trusted code. Calls with plain data and plain results are answered from the cache.

    `seconds` counts what its calls have taken, or once took.
    """

    explained = False

    def __init__(self, sandbox: Sandbox, question: Question, source: Source, cache: ReferenceCache) -> None:
        super().__init__(sandbox.on_cpu, question, source)  # it never shares a device with an answer
        self._cache = cache
        self._holds_objects = False
        self.seconds = 0.0
        self._digests = [question.rubric_digest, source.framework, dict(source.files)]

    def renew_if_used(self) -> None:
        """Forget the objects that a criterion has made, if it has made any."""
        if self._holds_objects:
            self.renew(0)
            self._holds_objects = False

    def request(self, what: str, callbacks: Mapping[int, Callable[..., Any]], **message: Any) -> Any:
        key = None
        if message["op"] in _PURE and not callbacks and not wire.has_ref(message):
            key = hashlib.sha256(wire.pack([*self._digests, message])).hexdigest()
            if frame := self._cache.get(key):
                value, seconds = wire.read_frame(io.BytesIO(frame).read)
                self.seconds += seconds
                return value
        self._spent = 0.0  # trusted code has no budget, and no case to which its calls belong
        try:
            self._load()
            self.start_case()
            value = super().request(what, callbacks, **message)
        except AnswerFailure as failure:
            raise self.failing(failure) from failure
        self.seconds += self.usage.seconds
        if key and not wire.has_ref(value):
            self._cache[key] = wire.pack([value, self.usage.seconds])
        else:
            self._holds_objects = True
        return value

    def failing(self, failure: AnswerFailure) -> Exception:
        return ReferenceFailure(f"{self.source.main}: {failure}", failure.types)
