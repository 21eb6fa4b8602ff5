"""How the outcomes of one call differ, in words for the author of a rubric."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.authoring.tape import Exchange, Raised
from grader.comparison import assert_close
from sandbox.wire import Ref

_OF_GRADIENTS = {"rtol": 1e-4, "atol": 1e-5}
_NUMBERS = (int, float, complex, np.ndarray, np.generic)
_SHOWN = 12  # elements of an array that are shown


def how_apart(actual: Exchange, expected: Exchange) -> str:
    """How two outcomes of the same message differ; empty where they do not."""
    tolerance = _OF_GRADIENTS if expected.message["op"] == "gradients" else {}
    try:
        _assert_same(actual.outcome, expected.outcome, tolerance)
    except AssertionError as error:
        return str(error)
    try:
        _assert_same(actual.heard, expected.heard, tolerance)
    except AssertionError:
        return (
            f"calls what it is given {len(actual.heard)} times, and the reference {len(expected.heard)}, or otherwise"
        )
    return ""


def _assert_same(actual: Any, expected: Any, tolerance: dict[str, float]) -> None:
    match actual, expected:
        case Ref(), Ref():
            same = True
        case dict(), dict():
            same = actual.keys() == expected.keys()
            for key in expected if same else ():
                _assert_same(actual[key], expected[key], tolerance)
        case (list() | tuple(), np.ndarray()) | (np.ndarray(), list() | tuple()):
            _assert_same(list(actual), list(expected), tolerance)
            same = True
        case (list() | tuple(), list() | tuple()):
            same = len(actual) == len(expected)
            for a, e in zip(actual, expected, strict=True) if same else ():
                _assert_same(a, e, tolerance)
        case (bool(), _) | (_, bool()):
            same = actual is expected
        case _ if isinstance(actual, _NUMBERS) and isinstance(expected, _NUMBERS):
            if type(expected) is float and np.asarray(actual).dtype.kind == "f":
                expected = np.asarray(expected, np.asarray(actual).dtype)  # a number, not a result of some precision
            assert_close(actual, expected, equal_nan=True, **tolerance)
            same = True
        case _:
            same = type(actual) is type(expected) and actual == expected
    if not same:
        raise AssertionError(f"gives {_shown(actual)} where the reference gives {_shown(expected)}")


def shown_call(exchange: Exchange) -> str:
    message = exchange.message
    texts = [_shown(value) for value in message.get("args", ())]
    texts += [f"{name}={_shown(value)}" for name, value in message.get("kwargs", {}).items()]
    what = exchange.what if message["op"] in ("call", "gradients", "invoke", "supply") else message["op"]
    return f"{what}({', '.join(texts)})"


def _shown(value: Any) -> str:
    match value:
        case Raised():
            return value.type
        case Ref():
            return f"<{value.type}>"
        case np.ndarray():
            text = np.array2string(value, separator=", ", precision=6) if value.size <= _SHOWN else list(value.shape)
            return f"{value.dtype}{' '.join(str(text).split())}"
        case dict():
            return "{" + ", ".join(f"{key}: {_shown(x)}" for key, x in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(_shown(x) for x in value[:_SHOWN]) + (", …]" if len(value) > _SHOWN else "]")
    return repr(value)
