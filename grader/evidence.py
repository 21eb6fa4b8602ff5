"""Evidence of a failed comparison, small enough to keep and to draw."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.report.model import Bounds, Window

Array = np.ndarray[Any, Any]

_ROWS = _COLUMNS = 12
_LONG = 32  # columns of a window that has one row
_FARTHEST = 1e9  # times what is allowed


def window(actual: Array, expected: Array, allowed: Array) -> Window:
    """The elements around the one that differs most, of two arrays of one shape.

    `allowed` is what each element may differ by.
    """
    a, e, allowed = (np.atleast_1d(_wide(x)) for x in (actual, expected, allowed))
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        distance = np.abs(a - e)
        off = np.where(distance == 0, 0.0, distance / allowed)
    off = np.where((a == e) | ((a != a) & (e != e)), 0.0, np.where(np.isnan(off), np.inf, off)).clip(0, _FARTHEST)
    worst = [int(i) for i in np.unravel_index(int(off.argmax()), a.shape)]
    most = [_LONG] if a.ndim == 1 else [_ROWS, _COLUMNS]
    spans = [slice(*_around(*span)) for span in zip(worst[-2:], a.shape[-2:], most, strict=True)]
    part: tuple[Any, ...] = (*worst[:-2], *spans)
    got, wanted, shares = (np.atleast_2d(x[part]) for x in (a, e, off))
    return Window(
        shape=expected.shape,
        corner=(*worst[:-2], *(span.start for span in spans)) if expected.ndim else (),
        got=_shown(got),
        expected=_shown(wanted),
        off=tuple(tuple(float(f"{share:.3g}") for share in row) for row in shares),
    )


def bounds(found: Array, low: Array, high: Array, trials: int) -> Bounds:
    """How often each of several outcomes was drawn in `trials` draws, and the least and most that chance allows: the
    first of them, up to the first that is outside.
    """
    outside = np.flatnonzero((found < low) | (found > high))
    start = max(0, min(int(outside[0]) - _LONG // 2, len(found) - _LONG)) if len(outside) else 0
    kept = slice(start, start + _LONG)
    return Bounds(
        found=tuple(map(int, found[kept])),
        low=tuple(map(int, low[kept])),
        high=tuple(map(int, high[kept])),
        trials=trials,
        first=start,
    )


def _around(at: int, length: int, most: int) -> tuple[int, int]:
    start = max(0, min(at - most // 2, length - most))
    return start, min(length, start + most)


def _wide(x: Array) -> Array:
    return x if x.dtype.kind in "fc" else x.astype(np.float64)


def _shown(rows: Array) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(f"{value:.6g}" for value in row) for row in rows)
