"""Fuzzes the wire: any bytes give a value or a WireError, and a value goes back into the frame that it came from.

    python tests/fuzz/fuzz_wire.py -max_total_time=60

An input's first byte says how the rest becomes a frame: as it stands, or as choices from which a frame is written that
is well-formed but for the lies it tells.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import atheris
import ml_dtypes
import msgpack
import numpy as np
from fuzzing import bounded, fuzz

with atheris.instrument_imports(include=["sandbox"]):
    from sandbox import wire

LONGEST = 1 << 14
_AS_IT_STANDS, _WRITTEN = 0, 1
_WORDS = ["float64", "float16", "bool", "complex64", "bfloat16", "object", "handle", "callback", "", "a"]
_SIZES = [0, 1, 2, 8, 255, 1 << 16, (1 << 31) - 1, 1 << 32, 1 << 61, (1 << 64) - 1]
_STRANGE = [b"bytes", msgpack.ExtType(1, b"x"), msgpack.Timestamp(1), 2.5, "float32", (1 << 64) - 1]
_MAX_ITEMS = 6
_MAX_BODY = 1 << 12
_PER_BYTE = 128  # bytes of memory for one of a frame: an empty dict takes 64, and its place in a list 8
_PER_LIST = 10_240 * 8  # msgpack sets that much aside for a list that says it is long


def check(data: bytes) -> None:
    head, body = _written(data[1:]) if data[:1] == bytes([_WRITTEN]) else _as_it_stands(data[1:])
    frame = wire.PREFIX.pack(len(head), len(body)) + head + body
    at_most = (1 << 16) + _PER_BYTE * (len(head) + len(body)) + _PER_LIST * _long_lists(head)
    value = bounded(lambda: _read(frame), at_most)
    if isinstance(value, wire.WireError):
        assert str(value), "an error without a word"
        return
    wire.has_ref(value)
    sent = wire.pack(value)
    _, size = wire.PREFIX.unpack_from(sent)
    assert size <= len(head) + len(body), f"{size} bytes come out of a frame of {len(head)} + {len(body)}"
    assert wire.pack(_read(sent)) == sent, "a value changes on its way"


def _read(frame: bytes) -> Any:
    try:
        return wire.read_frame(BytesIO(frame).read)
    except wire.WireError as error:
        return error


def _long_lists(head: bytes) -> int:
    return head.count(b"\xdc") + head.count(b"\xdd")


def _as_it_stands(data: bytes) -> tuple[bytes, bytes]:
    size = int.from_bytes(data[:2], "big")
    return data[2 : 2 + size], data[2 + size :]


def _written(data: bytes) -> tuple[bytes, bytes]:
    choices = atheris.FuzzedDataProvider(data)
    body = bytes(choices.ConsumeIntInRange(0, _MAX_BODY))
    writer = _Writer(choices, len(body))
    writer.value()
    return writer.packer.bytes(), body


class _Writer:
    """Writes a head by choices. Its arrays and byte strings lie in a body of `room` bytes, or outside it."""

    def __init__(self, choices: atheris.FuzzedDataProvider, room: int) -> None:
        self.packer = msgpack.Packer(autoreset=False, buf_size=1 << 10)
        self._choices, self._room, self._used, self._depth = choices, room, 0, 0

    def value(self) -> None:
        self._depth += 1
        flat = self._depth > wire.MAX_DEPTH + 2 or not self._choices.remaining_bytes()
        kind = self._choices.ConsumeIntInRange(0, 4 if flat else 15)
        match kind:
            case 0 | 1:
                self.packer.pack((None, True)[kind])
            case 2:
                self.packer.pack(self._choices.ConsumeIntInRange(-(1 << 63), (1 << 63) - 1))
            case 3:
                self.packer.pack(self._choices.ConsumeFloat())
            case 4:
                self.packer.pack(self._word())
            case 5:
                self.packer.pack(self._choices.PickValueInList(_STRANGE))
            case 6:
                shape = [self._size() for _ in range(self._count())]
                self._tagged(wire._Tag.ARRAY, [self._word(), shape, self._size(), self._size()])
            case 7:
                length = min(self._count(), self._room - self._used)
                self._tagged(wire._Tag.ARRAY, ["uint8", [length], self._used, length])
                self._used += length
            case 8:
                self._tagged(wire._Tag.BYTES, [self._size(), self._size()])
            case 9:
                self._tagged(wire._Tag.COMPLEX, [self._choices.ConsumeFloat(), self._choices.ConsumeFloat()])
            case 10:
                self._tagged(wire._Tag.REF, [self._word(), self._size(), self._word()])
            case 11:
                self._list()
            case 12:
                self.packer.pack_map_header(times := self._count())
                for _ in range(times):
                    self.packer.pack(self._word())
                    self.value()
            case 13:
                self._tagged(wire._Tag.TUPLE)
                self._list()
            case 14:
                self._tagged(wire._Tag.DICT)
                self.packer.pack_array_header(times := self._count())
                for _ in range(times):
                    self.packer.pack_array_header(2)
                    self.value()
                    self.value()
            case 15:
                self._tagged(self._count())
                self.value()
        self._depth -= 1

    def _tagged(self, tag: int, *parts: object) -> None:
        self.packer.pack_map_header(1)
        for part in (int(tag), *parts):
            self.packer.pack(part)

    def _list(self) -> None:
        times = self._count()
        lies = self._choices.ConsumeIntInRange(0, 15) == 0
        self.packer.pack_array_header(self._choices.ConsumeIntInRange(0, LONGEST) if lies else times)
        for _ in range(times):
            self.value()

    def _word(self) -> str:
        known = self._choices.ConsumeBool()
        word = self._choices.PickValueInList(_WORDS) if known else self._choices.ConsumeUnicodeNoSurrogates(8)
        return str(word)

    def _size(self) -> int:
        known = self._choices.ConsumeBool()
        return int(self._choices.PickValueInList(_SIZES) if known else self._choices.ConsumeIntInRange(0, self._room))

    def _count(self) -> int:
        return int(self._choices.ConsumeIntInRange(0, _MAX_ITEMS))


def _seeds() -> Iterator[bytes]:
    arrays = [np.ones((2, 3), name) for name in ("float32", "bool", "complex128", "uint8")]
    arrays += [np.array([1.5], ml_dtypes.bfloat16), np.zeros((0, 3)), np.array(7)]
    values = [
        *(None, True, -5, 1.5, 2j, "text", b"bytes", [], (), {}, [[[1]]], ((1, 2), [3]), {"a": [1], "b": {"c": 2}}),
        *({1: "int", 2.5: "float", (1, 2): "tuple", None: 0}, wire.Ref("handle", 3, "Linear"), *arrays, arrays),
        {"op": "call", "name": "f", "args": [arrays[0], wire.Ref("callback", 1, "step")], "kwargs": {"x": b"12"}},
        {"value": ((arrays[0], arrays[1]), {"loss": 0.5})},
        {"error": {"kind": "answer", "type": "ValueError", "types": [], "message": "no", "frames": [{"line": 1}]}},
    ]
    for value in values:
        frame = wire.pack(value)
        head, _ = wire.PREFIX.unpack_from(frame)
        yield bytes([_AS_IT_STANDS]) + head.to_bytes(2, "big") + frame[wire.PREFIX.size :]
    for step in (1, 3, 7, 31):
        yield bytes([_WRITTEN]) + bytes(step * n % 256 for n in range(1024))


if __name__ == "__main__":
    fuzz("wire", check, _seeds(), LONGEST)
