"""The wire: length-prefixed msgpack frames that carry plain data and arrays, and nothing else.

A frame is two big-endian u32 lengths, then a *head* (msgpack) of the first length, then a *body* (raw bytes)
of the second. Arrays and byte strings lie in the body; the head says dtype, shape and place. So each part is capped
before it is allocated: a head holds few objects, and a body is never more than bytes.

Plain data is `None`, bool, int (64 bit), float, complex, str, bytes, list, tuple, dict, numpy arrays and scalars, and
`Ref`.
Nothing is ever unpickled or evaluated.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import msgpack
import numpy as np

PREFIX = struct.Struct(">II")
MAX_HEAD = 1 << 20
MAX_BODY = 1 << 28
MAX_DEPTH = 64
MAX_NDIM = 16
MAX_ODD_KEYS = 1000  # of one dict: an answer can choose tuples that share a hash, and a dict of many takes minutes
MAX_ELEMENTS = 1 << 28  # of an array, an empty one's axes counted as one at least: a sum along one makes that many


# Tags: a map with one integer key. Keys of plain dicts are always strings on the wire, so the two never meet.
class _Tag(IntEnum):
    TUPLE, DICT, ARRAY, BYTES, COMPLEX, REF = range(6)


_DTYPES = {
    name: np.dtype(name)
    for name in (
        *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
        *("float16", "float32", "float64", "complex64", "complex128"),
    )
}
_NAMES = {dtype: name for name, dtype in _DTYPES.items()}  # `dtype.name` takes numpy as long as all the rest of `pack`


class WireError(Exception):
    """A value that cannot be sent, or bytes that are no frame."""


class FrameTooLarge(WireError):
    """A frame whose prefix claims more than the caps."""


@dataclass(frozen=True)
class Ref:
    """A name for something that stays on the side that made it.

    `kind` is ``"handle"`` (an object of the answer's) or ``"callback"`` (a function of the rubric's).
    `type` is a type's name, for messages only.
    """

    kind: str
    id: int
    type: str = ""


def _dtype(name: str) -> np.dtype[Any]:
    if name == "bfloat16":
        import ml_dtypes  # numpy has no bfloat16 of its own

        return np.dtype(ml_dtypes.bfloat16)  # type: ignore[no-any-return]
    try:
        return _DTYPES[name]
    except (KeyError, TypeError):
        raise WireError(f"dtype {name!r} does not cross the wire") from None


def pack(value: Any, max_head: int = MAX_HEAD, max_body: int = MAX_BODY) -> bytes:
    """One frame that holds `value`.

    Raises WireError where `value` is not plain data, is nested too deeply, or is larger than the caps (in bytes).
    """
    body: list[bytes] = []
    size = 0

    def store(raw: bytes) -> list[int]:
        nonlocal size
        place = [size, len(raw)]
        size += len(raw)
        if size > max_body:
            raise WireError(f"the value is larger than {max_body} bytes")
        body.append(raw)
        return place

    def plain(item: Any, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise WireError(f"the value is nested more than {MAX_DEPTH} deep")
        kind = type(item)
        if item is None or kind in (bool, int, float):
            return item
        if kind is str:
            return item.encode("utf-8", "backslashreplace").decode()
        if kind is list:
            return [plain(x, depth + 1) for x in item]
        if kind is tuple:
            return {_Tag.TUPLE: [plain(x, depth + 1) for x in item]}
        if kind is dict:
            if all(type(key) is str for key in item):
                return {plain(key, depth): plain(x, depth + 1) for key, x in item.items()}
            return {_Tag.DICT: [[plain(key, depth + 1), plain(x, depth + 1)] for key, x in item.items()]}
        if kind is bytes:
            return {_Tag.BYTES: store(item)}
        if kind is complex:
            return {_Tag.COMPLEX: [item.real, item.imag]}
        if kind is Ref:
            return {_Tag.REF: [item.kind, item.id, item.type]}
        if isinstance(item, (np.ndarray, np.generic)):
            array = np.asarray(item)
            name = _NAMES.get(array.dtype) or array.dtype.name
            native = _dtype(name)
            if array.nbytes > max_body:
                raise WireError(f"an array of {array.nbytes} bytes is larger than {max_body} bytes")
            raw = array.astype(native, copy=False).tobytes()
            return {_Tag.ARRAY: [name, list(array.shape), *store(raw)]}
        raise WireError(f"a value of type {kind.__name__} is not plain data")

    try:
        head = msgpack.packb(plain(value, 0))
    except (OverflowError, ValueError) as error:
        raise WireError(f"the value cannot be sent: {error}") from None
    if len(head) > max_head:
        raise WireError(f"the value's plain part is {len(head)} bytes, more than {max_head}")
    return b"".join([PREFIX.pack(len(head), size), head, *body])


def unpack(head: bytes | memoryview, body: bytes | memoryview) -> Any:
    """The value of a frame's two parts. Arrays are native-endian, writable copies.

    Raises WireError on anything that `pack` would not have made.
    """
    body = memoryview(body)
    used = 0

    def piece(offset: Any, length: Any) -> memoryview:
        nonlocal used
        # Each part follows the one before it: were one named again and again, a small frame would fill the memory.
        if type(offset) is not int or type(length) is not int or offset != used or not 0 <= length <= len(body) - used:
            raise WireError("a part does not lie where the one before it ends, or is larger than the frame")
        used += length
        return body[offset:used]

    def untag(mapping: dict[Any, Any]) -> Any:
        tags = [key for key in mapping if type(key) is not str]
        if not tags:
            return mapping
        if len(mapping) != 1 or type(tags[0]) is not int:
            raise WireError("a dict's keys are not strings")
        match tags[0], mapping[tags[0]]:
            case _Tag.TUPLE, list(items):
                return tuple(items)
            case _Tag.DICT, list(pairs):
                return _dict(pairs)
            case _Tag.BYTES, [offset, length]:
                return bytes(piece(offset, length))
            case _Tag.COMPLEX, [float(real), float(imag)]:
                return complex(real, imag)
            case _Tag.REF, ["handle" | "callback" as kind, int(number), str(name)]:
                return Ref(kind, number, name[:200])
            case _Tag.ARRAY, [str(name), list(shape), offset, length]:
                return _array(_dtype(name), shape, piece(offset, length))
        raise WireError("an unknown tag")

    try:
        value = msgpack.unpackb(head, object_hook=untag, strict_map_key=False)
        _check(value, MAX_DEPTH)
    except WireError:
        raise
    # msgpack's errors are ValueErrors; an unhashable key of a dict is a TypeError
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise WireError(f"not a frame: {type(error).__name__} {str(error)[:100]}") from None
    if used != len(body):
        raise WireError(f"{len(body) - used} bytes of the frame belong to nothing")
    return value


_PLAIN = (type(None), bool, int, float, complex, str, bytes, np.ndarray, Ref)


def _check(item: Any, depth: int) -> None:
    if depth < 0:
        raise WireError(f"the value is nested more than {MAX_DEPTH} deep")
    if type(item) in (list, tuple):
        for x in item:
            _check(x, depth - 1)
    elif type(item) is dict:
        for key, x in item.items():
            _check(key, depth - 1)
            _check(x, depth - 1)
    elif type(item) not in _PLAIN:
        raise WireError(f"a value of type {type(item).__name__} is not plain data")


def _dict(pairs: list[Any]) -> dict[Any, Any]:
    if any(type(pair) is not list or len(pair) != 2 for pair in pairs):
        raise WireError("a dict's item is not a pair")
    if len(pairs) > MAX_ODD_KEYS and any(type(key) not in (str, int, bool) for key, _ in pairs):
        raise WireError(f"a dict of more than {MAX_ODD_KEYS} items has keys that are neither strings nor integers")
    return dict(pairs)


def _array(dtype: np.dtype[Any], shape: list[Any], raw: memoryview) -> np.ndarray[Any, Any]:
    if len(shape) > MAX_NDIM or any(type(n) is not int or not 0 <= n < 2**62 for n in shape):
        raise WireError("an array's shape is not a list of sizes")
    if math.prod(max(n, 1) for n in shape) > MAX_ELEMENTS:
        raise WireError("an array's axes are too long")
    if math.prod(shape) * dtype.itemsize != len(raw):
        raise WireError("an array's size is not that of its shape")
    if dtype == np.bool_ and len(raw) and np.frombuffer(raw, np.uint8).max() > 1:
        raise WireError("a bool array holds something else")
    return np.frombuffer(raw, dtype).reshape(shape).copy()


def read_frame(receive: Callable[[int], bytes], max_head: int = MAX_HEAD, max_body: int = MAX_BODY) -> Any:
    """The next value from `receive`, a function that returns exactly n bytes or raises.

    Raises WireError where the frame is larger than the caps (before a byte of it is allocated) or malformed.
    """
    head_size, body_size = PREFIX.unpack(receive(PREFIX.size))
    if head_size > max_head or body_size > max_body:
        raise FrameTooLarge(f"a frame of {head_size} + {body_size} bytes is larger than {max_head} + {max_body}")
    head = receive(head_size)
    return unpack(head, receive(body_size))


def mapped(value: Any, leaf: Callable[[Any], Any]) -> Any:
    """`value` with `leaf(x)` in place of each `x` in its lists, tuples and dicts that is none of these itself."""
    match value:
        case list():
            return [mapped(x, leaf) for x in value]
        case tuple():
            return tuple(mapped(x, leaf) for x in value)
        case dict():
            return {key: mapped(x, leaf) for key, x in value.items()}
    return leaf(value)


def has_ref(value: Any) -> bool:
    """Whether a `Ref` is anywhere in `value`."""
    match value:
        case Ref():
            return True
        case list() | tuple():
            return any(has_ref(x) for x in value)
        case dict():
            return any(has_ref(x) for x in value.values())
    return False
