"""Vacuous answers: they take part in everything and compute nothing. A rubric must give them next to nothing.

Each serves a call as the reference does, and then puts something empty of content in the place of every value: so its
shapes, kinds and dtypes are always right, which no real answer without content could know.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from grader.failure import AnswerFailure
from grader.proxy import Session
from sandbox import wire
from sandbox.wire import Ref

MOST_POINTS = 10.0
"""What a vacuous answer may earn, of 100."""

Array = np.ndarray[Any, Any]
_ROWS = 8
_EMPTIED = ("call", "invoke", "gradients")


class Vacuous(Session):
    """A session with the reference, whose results are emptied by `fill`.

    It raises nothing of the reference's, and calls no function that it is handed: None is what comes back then. It
    trains next to nothing: the object that is to be trained comes back as it is, one that is made from data is made
    from a few rows, and what has given nothing once, or something for arguments of the same shapes, is not called
    again.
    """

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._values: dict[str, Any] = {}
        self._silent: set[str] = set()

    def fill(self, array: Array) -> Any:
        """What stands in the place of `array`. Scalars come as arrays without dimensions."""
        raise NotImplementedError

    def request(self, what: str, callbacks: Mapping[int, Callable[..., Any]], **message: Any) -> Any:
        if callbacks:
            return None
        name = message["name"] if message["op"] == "call" else ""
        if name in self._silent:
            return None
        if name and self._makes_object(name):
            given = (*message["args"], *message["kwargs"].values())
            if (untouched := next((x for x in given if isinstance(x, Ref)), None)) is not None:
                return untouched
            message["args"] = list(map(_few, message["args"]))
        called = repr(_shapes(message)) if message["op"] in ("call", "invoke") else ""
        try:
            value = self._values[called] if called in self._values else super().request(what, callbacks, **message)
        except AnswerFailure:
            return None
        if name and value is None:
            self._silent.add(name)
        if called and not wire.has_ref(value):
            self._values[called] = value
        if message["op"] not in _EMPTIED:
            return value
        if message.get("echo"):
            return [self.emptied(value[0], message), value[1]]
        return self.emptied(value, message)

    def _makes_object(self, name: str) -> bool:
        asked = self.question.entry_points_of(self.source.framework).get(name)
        return asked is not None and asked.returns == "object"

    def emptied(self, value: Any, message: Mapping[str, Any]) -> Any:
        match value:
            case np.ndarray():
                return np.asarray(self.fill(value)).astype(value.dtype).reshape(value.shape)
            case bool() | int() | float():
                return type(value)(np.asarray(self.fill(np.asarray(value)))[()])
            case str():
                return ""
            case list() | tuple():
                return type(value)(self.emptied(item, message) for item in value)
            case dict():
                return {key: self.emptied(item, message) for key, item in value.items()}
        return value


def _few(value: Any) -> Any:
    """The first rows of an array or a list."""
    return value[:_ROWS] if isinstance(value, list) or (isinstance(value, np.ndarray) and value.ndim) else value


def _shapes(value: Any) -> Any:
    """What a call's result may have its shape from: all but the elements of arrays."""
    match value:
        case np.ndarray():
            return value.shape
        case str() | int() | float() | None:
            return value
        case Mapping():
            return {key: _shapes(item) for key, item in value.items() if key != "handle"}
        case list() | tuple():
            return [_shapes(item) for item in value]
    return type(value).__name__


class Zeros(Vacuous):
    """Zeros of the right shape."""

    def fill(self, array: Array) -> Any:
        return np.zeros(array.shape)


class Constant(Vacuous):
    """One half everywhere, or one where there are no halves."""

    def fill(self, array: Array) -> Any:
        return np.full(array.shape, 0.5 if array.dtype.kind in "fc" else 1)


class NotANumber(Vacuous):
    """NaN everywhere, where there can be."""

    def fill(self, array: Array) -> Any:
        return np.full(array.shape, np.nan if array.dtype.kind in "fc" else 0)


class Noise(Vacuous):
    """Random numbers of the right size, the same in every run."""

    @cached_property
    def _rng(self) -> np.random.Generator:
        return np.random.default_rng(0)

    def fill(self, array: Array) -> Any:
        size = float(np.sqrt(np.mean(np.square(np.abs(array).astype(np.float64))))) if array.size else 1.0
        if array.dtype.kind in "fc":
            return self._rng.normal(0, size or 1.0, array.shape)
        return self._rng.integers(0, max(2, int(2 * size) + 1), array.shape)


class Echo(Vacuous):
    """The first array that it was given, whatever was asked for."""

    def emptied(self, value: Any, message: Mapping[str, Any]) -> Any:
        given = [*message.get("args", ()), *message.get("kwargs", {}).values()]
        return next((item for item in given if isinstance(item, np.ndarray)), super().emptied(value, message))

    def fill(self, array: Array) -> Any:
        return np.zeros(array.shape)


class Nothing(Vacuous):
    """None."""

    def emptied(self, value: Any, message: Mapping[str, Any]) -> Any:
        return None


VACUOUS: Mapping[str, type[Vacuous]] = {
    "zeros": Zeros,
    "a constant": Constant,
    "NaN": NotANumber,
    "noise": Noise,
    "the input echoed": Echo,
    "None": Nothing,
}
