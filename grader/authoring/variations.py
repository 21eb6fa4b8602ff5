"""Variations of a call: the same arguments with other values and of other sizes, edges among them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Change = Callable[[Any], Any]

_OF_ARRAYS: dict[str, tuple[Change, ...]] = {
    "f": (lambda x: 10 * x, lambda x: x / 10, lambda x: -x, np.zeros_like, np.ones_like, lambda x: 1e4 * x),
    "i": (np.flip, np.zeros_like, lambda x: np.full_like(x, x.flat[0] if x.size else 0)),
    "b": (np.logical_not, np.zeros_like, np.ones_like),
}
_OF_INTEGERS: tuple[Change, ...] = (
    *(lambda n, k=k: n + k for k in (1, -1)),
    *(lambda n, k=k: k for k in (0, 1, 2, -1)),
)
_OF_FLOATS: tuple[Change, ...] = (
    lambda x: 10 * x,
    lambda x: x / 10,
    lambda x: -x,
    *(lambda x, k=k: k for k in (0.0, 1.0)),
)
_OF_SIZE: tuple[Change, ...] = (
    lambda x: x[None],
    lambda x: np.stack([x, x]),
    lambda x: np.concatenate([x, x]),
    lambda x: x[:1],
    lambda x: x[..., :1],
)
_PARTS = (np.s_[:1], np.s_[:0], np.s_[1:], np.s_[::-1])
_SIZES: tuple[Change, ...] = (
    *(
        lambda x, axis=axis, part=part: np.take(x, range(x.shape[axis])[part], axis)
        for axis in (0, 1, -1)
        for part in _PARTS
    ),
    lambda x: np.concatenate([x, x]),
)


def variations(message: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """A message of a call with one argument's values changed, or with the sizes of all its arrays; what does not fit
    together is among them.
    """
    args, kwargs = list(message["args"]), dict(message["kwargs"])
    places: list[tuple[list[Any] | dict[str, Any], Any]] = [
        *((args, i) for i in range(len(args))),
        *((kwargs, k) for k in kwargs),
    ]
    for holder, place in places:
        original = holder[place]
        for change in _changes(original):
            holder[place] = _changed(original, change)
            yield {**message, "args": list(args), "kwargs": dict(kwargs)}
        holder[place] = original
    for change in _SIZES:
        try:
            yield {**message, "args": _resized(args, change), "kwargs": _resized(kwargs, change)}
        except (IndexError, ValueError):  # an array without this axis
            continue


def _changes(value: Any) -> tuple[Change, ...]:
    match value:
        case bool():
            return (lambda x: not x,)
        case int():
            return _OF_INTEGERS
        case float():
            return _OF_FLOATS
        case list() if all(type(x) is int for x in value):
            return (lambda x: x[:1], lambda x: x[1:], lambda x: x[::-1], lambda x: [])
        case np.ndarray():
            return _OF_ARRAYS.get(value.dtype.kind, ()) + (_OF_SIZE if value.ndim else ())
        case dict():
            arrays = [x for x in value.values() if isinstance(x, np.ndarray)]
            return _changes(arrays[0]) if arrays else ()
    return ()


def _changed(value: Any, change: Change) -> Any:
    if isinstance(value, dict):
        return {key: _changed(x, change) for key, x in value.items()}
    changed = change(value)
    return changed.astype(value.dtype) if isinstance(value, np.ndarray) else changed


def _resized(value: Any, change: Change) -> Any:
    match value:
        case np.ndarray() if value.ndim:
            return change(value)
        case dict():
            return {key: _resized(x, change) for key, x in value.items()}
        case list():
            return [_resized(x, change) for x in value]
    return value
