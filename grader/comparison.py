"""Comparison of what an answer gave with what is expected, element by element. Runs on the trusted side, on plain
arrays.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

import numpy as np

__tracebackhide__ = True  # a failure is shown where the rubric asserts

Array = np.ndarray[Any, Any]

# (rtol, atol) by significand: room for another order of the same sums, far below any mistake in the formula.
_TOLERANCES = {"bfloat16": (1.6e-2, 1e-3), "float16": (2e-3, 1e-4), "float32": (2e-5, 2e-6), "float64": (1e-9, 1e-12)}
_REAL_PART = {"complex64": "float32", "complex128": "float64"}
_BITS = {"bfloat16": 8, "float16": 11, "float32": 24, "float64": 53}


@dataclass(frozen=True)
class _Tolerance:
    rtol: float | None
    atol: float | None
    equal_nan: bool


@dataclass(frozen=True)
class Comparison:
    """How one comparison within a tolerance came out, for whoever watches.

    Attributes:
        line: Of the rubric, where it asked for the comparison.
        bits: The precision of the less precise of the two dtypes.
        used: Of the tolerance, the share that the largest difference takes; above 1, it fails. Infinite for NaN.
        grain: The share that one unit in the last place of that dtype takes.
        apart: The largest difference, relative to the largest of the expected values.
    """

    line: int
    rtol: float
    atol: float
    bits: int
    used: float
    grain: float
    apart: float


_watcher: tuple[Callable[[Comparison], None], str] | None = None


@contextmanager
def watched(watcher: Callable[[Comparison], None], rubric: str) -> Iterator[None]:
    """Tell `watcher` of every comparison within a tolerance that the file `rubric` asks for, and of no other."""
    global _watcher
    _watcher = watcher, rubric
    try:
        yield
    finally:
        _watcher = None


class Mismatch(AssertionError):
    """Two values differ. The message is for a reviewer; `public`, without values, for the candidate. `arrays`, of one
    shape, are what was got, what is expected, and what each element may differ by.
    """

    def __init__(self, message: str, public: str, arrays: tuple[Array, Array, Array] | None = None) -> None:
        super().__init__(message)
        self.public = public
        self.arrays = arrays


def assert_close(
    actual: Any, expected: Any, rtol: float | None = None, atol: float | None = None, equal_nan: bool = False
) -> None:
    """Every element of `actual` is within ``atol + rtol * |expected|`` of `expected`.

    Arrays and numbers of equal shape, and tuples, lists and dicts of them. NaN equals nothing (with `equal_nan`, NaN);
    infinities equal themselves. Where no tolerance is given, the dtype less precise of the two chooses it; integers
    and bools must be equal. A result of a float dtype less precise than the expected one differs, whatever its values.

    Raises Mismatch, which says which element differs most, and how far: absolutely, relatively and in units in the
    last place.
    """
    _compare(actual, expected, _Tolerance(rtol, atol, equal_nan), "")


def _compare(actual: Any, expected: Any, tolerance: _Tolerance, path: str) -> None:
    if isinstance(expected, dict):
        if not isinstance(actual, dict) or actual.keys() != expected.keys():
            _differ(path, f"has not the keys {sorted(map(str, expected))}")
        for key in expected:
            _compare(actual[key], expected[key], tolerance, f"{path}[{key!r}]")
    elif isinstance(expected, tuple | list) and not _is_numbers(expected):
        if not isinstance(actual, tuple | list) or len(actual) != len(expected):
            _differ(path, f"is not a sequence of {len(expected)}", "is not a sequence of the length that is asked for")
        for i, (a, e) in enumerate(zip(actual, expected, strict=True)):
            _compare(a, e, tolerance, f"{path}[{i}]")
    else:
        _compare_arrays(_as_array(actual, path), np.asarray(expected), tolerance, path)


def _is_numbers(value: tuple[Any, ...] | list[Any]) -> bool:
    return all(type(x) in (bool, int, float) for x in value)


def _as_array(value: Any, path: str) -> Array:
    if isinstance(value, bool | int | float | complex | np.ndarray | np.generic):
        return np.asarray(value)
    if isinstance(value, tuple | list) and _is_numbers(value):
        return np.asarray(value)
    _differ(path, f"is {'None' if value is None else f'a {type(value).__name__}'}, not an array or a number")
    raise AssertionError  # unreachable: _differ raises


def _differ(path: str, how: str, public: str = "") -> None:
    """`public` says it without what the answer has chosen: it may have put a hidden input into it."""
    raise Mismatch(f"the result{path} {how}", f"the result{path} {public or how}")


def _compare_arrays(actual: Array, expected: Array, tolerance: _Tolerance, path: str) -> None:
    if actual.shape != expected.shape:
        _differ(path, f"has shape {actual.shape}, expected {expected.shape}", "has not the shape that is asked for")
    got, wanted = _float_name(actual), _float_name(expected)
    if wanted and not got and actual.ndim:
        _differ(path, f"has dtype {actual.dtype}, expected {expected.dtype}")
    if wanted and got and _BITS[got] < _BITS[wanted]:
        _differ(path, f"has dtype {actual.dtype}, less precise than {expected.dtype}")
    if not wanted and got and not np.all(np.equal(np.mod(actual, 1), 0)):
        _differ(path, f"has dtype {actual.dtype} and fractions, expected {expected.dtype}")
    rough = min((name for name in (got, wanted) if name), key=_BITS.__getitem__, default=None)
    default_rtol, default_atol = _TOLERANCES[rough] if rough else (0.0, 0.0)
    rtol = default_rtol if tolerance.rtol is None else tolerance.rtol
    atol = default_atol if tolerance.atol is None else tolerance.atol

    wide = (
        np.complex128
        if np.iscomplexobj(actual) or np.iscomplexobj(expected)
        else np.float64
        if rough or rtol or atol
        else None
    )
    a, e = (actual, expected) if wide is None else (actual.astype(wide), expected.astype(wide))
    with np.errstate(invalid="ignore", over="ignore"):
        close = (a == e) | (np.abs(a - e) <= atol + rtol * np.abs(e)) if wide else a == e
        close &= np.isfinite(e) | (a == e) if wide else True
        close |= (a != a) & (e != e) if tolerance.equal_nan else False
    if _watcher and rough and (rtol or atol) and a.size and (line := _line_in(_watcher[1])):
        _watcher[0](_compared(line, a, e, close, rtol, atol, _BITS[rough]))
    if np.all(close):
        return
    raise Mismatch(
        _report(a, e, close, rtol, atol, rough, path),
        f"the result{path} differs from the expected values",
        (a, e, atol + rtol * np.abs(e) if wide else np.zeros(e.shape)),
    )


def _compared(line: int, a: Array, e: Array, close: Array, rtol: float, atol: float, bits: int) -> Comparison:
    finite = np.isfinite(e)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        room, scale = atol + rtol * np.abs(e), np.max(np.abs(e[finite]), initial=0.0)
        distance = np.where(close & ((a == e) | ~finite), 0.0, np.abs(a - e))
        used, apart = (np.where(distance, distance / unit, 0.0) for unit in (room, scale))
        grain = np.where(finite & (room > 0), np.abs(e) * 2.0 ** (1 - bits) / room, 0.0)
    greatest = (float(np.max(np.where(np.isnan(x), np.inf, x))) for x in (used, grain, apart))
    return Comparison(line, rtol, atol, bits, *greatest)


def _line_in(file: str) -> int | None:
    """The line of `file` that is being run; None where none is."""
    frame: FrameType | None = sys._getframe(1)
    while frame and frame.f_code.co_filename != file:
        frame = frame.f_back
    return frame.f_lineno if frame else None


def _float_name(array: Array) -> str | None:
    name = _REAL_PART.get(array.dtype.name, array.dtype.name)
    return name if name in _BITS else None


def _report(a: Array, e: Array, close: Array, rtol: float, atol: float, rough: str | None, path: str) -> str:
    a, e, close = np.atleast_1d(a), np.atleast_1d(e), np.atleast_1d(close)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        distance = np.abs(np.subtract(a, e, dtype=None if a.dtype != np.bool_ else np.int8))
        relative = distance / np.abs(e)
    severity = np.where(close, -1.0, np.where(np.isnan(distance), np.inf, distance))
    worst = np.unravel_index(int(np.argmax(severity)), a.shape)
    where = [int(i) for i in worst] if path or a.size > 1 else []
    count = int(np.count_nonzero(~close))
    text = f"the result{path} differs at {where}: got {a[worst]:.6g}, expected {e[worst]:.6g}"
    if np.isfinite(distance[worst]):
        text += f" ({distance[worst]:.3g} off"
        if np.isfinite(relative[worst]):
            text += f", {100 * relative[worst]:.3g} %"
        if rough:
            ulp = np.abs(e[worst]) * 2.0 ** (1 - _BITS[rough])
            text += f", {distance[worst] / ulp:.3g} ULP of {rough}" if ulp else ""
        text += f"; tolerance {100 * rtol:.3g} % + {atol:.3g})"
    return f"{text}; {count} of {a.size} elements differ"
