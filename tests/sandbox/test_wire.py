"""What goes in comes out; any bytes at all give a value or a WireError."""

import io
import math
import tracemalloc

import ml_dtypes
import msgpack
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sandbox import wire

DTYPES = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
DTYPES += ["float16", "float32", "float64", "complex64", "complex128"]

arrays = st.sampled_from(DTYPES).flatmap(lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, min_side=0)))
leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(),
    st.complex_numbers(),
    st.text(st.characters(exclude_categories=["Cs"])),
    st.binary(),
    arrays,
    st.builds(wire.Ref, st.sampled_from(["handle", "callback"]), st.integers(0, 2**31), st.text("abc", max_size=9)),
)
keys = st.one_of(st.text("abc"), st.integers(-5, 5), st.floats(allow_nan=False), st.booleans())
values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(keys, inner, max_size=4),
    ),
    max_leaves=12,
)


def through(value):
    return wire.read_frame(io.BytesIO(wire.pack(value)).read)


def same(a, b):
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if type(a) is not type(b):
        return False
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, float):
        return a == b or (math.isnan(a) and math.isnan(b))
    return repr(a) == repr(b)


@given(values)
def test_plain_data_comes_out_as_it_went_in(value):
    assert same(value, through(value))


@given(arrays)
def test_an_array_arrives_native_contiguous_and_writable(array):
    big_endian = array.astype(array.dtype.newbyteorder(">"))
    assert same(array, through(big_endian))
    assert same(np.ascontiguousarray(array.T).reshape(array.T.shape), through(array.T))
    arrived = through(array)
    assert arrived.flags.writeable
    assert arrived.flags.c_contiguous


@pytest.mark.parametrize(
    "array", [np.arange(24).reshape(4, 6)[::-2, ::3], np.zeros((0, 3)), np.array(7.5), np.ones(1)[None][:, :0]]
)
def test_views_empty_and_zero_dimensional_arrays(array):
    assert same(array.copy(), through(array))


def test_bfloat16():
    array = np.array([1.5, -2.0, np.inf], ml_dtypes.bfloat16)
    assert same(array, through(array))


def test_a_numpy_scalar_arrives_as_an_array_without_dimensions():
    assert same(np.array(3, np.float32), through(np.float32(3)))


@given(st.binary(max_size=300), st.binary(max_size=64))
def test_any_bytes_give_a_value_or_one_error(head, body):
    try:
        wire.unpack(head, body)
    except wire.WireError as error:
        assert str(error)


@given(values, st.data())
def test_a_damaged_frame_gives_a_value_or_one_error(value, data):
    frame = bytearray(wire.pack(value))
    for _ in range(data.draw(st.integers(1, 4))):
        frame[data.draw(st.integers(0, len(frame) - 1))] = data.draw(st.integers(0, 255))
    try:
        wire.read_frame(io.BytesIO(frame + bytes(1 << 12)).read, max_head=1 << 12, max_body=1 << 12)
    except wire.WireError as error:
        assert str(error)


HUGE = 2**32 - 1


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (b"\xdd\xff\xff\xff\xff", b""),  # a list of 4 billion
        (b"\xdf\xff\xff\xff\xff", b""),  # a dict of 4 billion
        (b"\xc6\xff\xff\xff\xff", b""),  # 4 GB of bytes
        (b"\x91" * 100_000, b""),  # lists, 100 000 deep
        (b"\x81\x00" * 1000 + b"\x90", b""),  # tuples, 1 000 deep
        (msgpack.packb({2: ["float64", [2**40], 0, 8]}), b"8 bytes."),
        (msgpack.packb({2: ["float64", [2**61, 8], 0, 0]}), b""),
        (msgpack.packb({2: ["float64", [1] * 1000, 0, 8]}), b"8 bytes."),
        (msgpack.packb({2: ["object", [1], 0, 8]}), b"8 bytes."),
        (msgpack.packb({2: ["float64", [1], 4, 8]}), b"8 bytes."),
        (msgpack.packb({2: ["float64", [1], -8, 8]}), b"8 bytes."),
        (msgpack.packb({2: ["bool", [1], 0, 1]}), b"\x02"),
        (msgpack.packb({3: [0, HUGE]}), b""),
        (msgpack.packb({5: ["pickle", 1, ""]}), b""),
        (msgpack.packb({99: []}), b""),
        (msgpack.packb({1: [[[], 1]]}), b""),  # a list as a dict's key
        (msgpack.packb({1: [[msgpack.ExtType(1, b"x"), 1]]}), b""),
        (b"\x81\x01\x91\x92" + b"\x81\x00\x91" * 100 + b"\x01\x02", b""),  # tuples, 100 deep, as a dict's key
        (msgpack.packb([{3: [0, 8]}, {3: [0, 8]}]), b"8 bytes."),  # so that 1 MB of head would make 50 000 of a body
        (msgpack.packb([{3: [0, 4]}, {2: ["uint8", [6], 2, 6]}]), b"8 bytes."),
        (msgpack.packb({3: [0, 7]}), b"8 bytes."),
        (msgpack.packb(None), b"8 bytes."),
        (msgpack.packb(msgpack.ExtType(1, b"x")), b""),
        (msgpack.packb([msgpack.Timestamp(0)]), b""),
    ],
)
def test_a_malformed_frame_is_refused_and_allocates_little(head, body):
    tracemalloc.start()
    try:
        with pytest.raises(wire.WireError):
            wire.unpack(head, body)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2_000_000 + 50 * len(head)


@pytest.mark.parametrize("sizes", [(HUGE, 0), (0, HUGE), (wire.MAX_HEAD + 1, 0), (0, wire.MAX_BODY + 1)])
def test_a_frame_over_the_caps_is_refused_before_it_is_read(sizes):
    asked = []

    def receive(size):
        asked.append(size)
        return wire.PREFIX.pack(*sizes)

    with pytest.raises(wire.FrameTooLarge):
        wire.read_frame(receive)
    assert asked == [wire.PREFIX.size]


@pytest.mark.parametrize(
    "value", [object(), {1, 2}, np.array(["text"]), np.array([None]), 2**70, lambda: None, slice(1)]
)
def test_what_is_not_plain_data_is_refused(value):
    with pytest.raises(wire.WireError):
        wire.pack(value)


def test_a_value_that_contains_itself_is_refused():
    loop = []
    loop.append(loop)
    with pytest.raises(wire.WireError, match="nested"):
        wire.pack(loop)


def test_a_lone_surrogate_is_spelt_out():
    assert through("\ud800") == "\\ud800"
