"""What to look for in a sinusoidal positional encoding."""

import numpy as np
import pytest

from grader.rubric import assert_close, assert_raises, criterion, public

# Far from position 10 000 an angle in float32 is good to 1e-5, and every mistake listed here is off by more than 1e-2.
NEAR = {"rtol": 0, "atol": 1e-4}
EXACT = {"rtol": 0, "atol": 1e-5}


def assert_row_norms(table, length, d_model):
    """sin² + cos² = 1 for each pair of columns, whatever their order and their frequency."""
    assert table.shape == (length, d_model), f"shape {table.shape} in place of {(length, d_model)}"
    assert_close(np.sum(np.square(table, dtype=np.float64), axis=1), np.full(length, d_model / 2), rtol=0, atol=1e-3)


@criterion(points=20, title="Matches the formula", zh="与公式一致")
@pytest.mark.parametrize("d_model", [6, 16, 64])
@pytest.mark.parametrize("length", [pytest.param(2, marks=public), 7, 50])
def test_matches_formula(candidate, reference, length, d_model):
    assert_close(
        candidate.positional_encoding(length, d_model),
        reference.positional_encoding(length, d_model),
        **NEAR,
    )


@criterion(
    points=15,
    title="Sines on even columns, cosines of the same angles on odd ones",
    zh="偶数列为正弦，奇数列为同一角度的余弦",
)
@pytest.mark.parametrize("d_model", [4, 8, 32])
def test_sine_and_cosine_columns(candidate, d_model):
    table = candidate.positional_encoding(20, d_model)
    assert table.shape == (20, d_model), f"shape {table.shape} in place of {(20, d_model)}"
    sine, cosine = table[:, 0::2], table[:, 1::2]
    assert_close(sine[0], np.zeros(d_model // 2, np.float32), **NEAR)
    assert_close(cosine[0], np.ones(d_model // 2, np.float32), **NEAR)
    assert_close(sine[:, 0], np.sin(np.arange(20)).astype(np.float32), **NEAR)
    assert_close(cosine[:, 0], np.cos(np.arange(20)).astype(np.float32), **NEAR)
    assert_close(np.square(sine) + np.square(cosine), np.ones((20, d_model // 2), np.float32), **NEAR)


@criterion(
    points=15,
    title="Inner products depend on the offset alone, by the right frequencies",
    zh="内积只取决于相对位移，且频率正确",
)
@pytest.mark.parametrize("d_model", [4, 8, 32])
def test_inner_products(candidate, d_model):
    table = candidate.positional_encoding(40, d_model).astype(np.float64)
    offset = np.arange(40)[:, None] - np.arange(40)
    frequency = 10000.0 ** (-np.arange(0, d_model, 2) / d_model)
    assert_close(table @ table.T, np.cos(offset[..., None] * frequency).sum(axis=-1), rtol=0, atol=1e-3)


@criterion(points=15, title="Exact to 1e-5 at position 10 000", zh="在位置 10 000 处精确到 1e-5")
@pytest.mark.parametrize("d_model", [16, 30, 64])
def test_far_positions(candidate, reference, d_model):
    table = candidate.positional_encoding(10_001, d_model)
    assert table.shape == (10_001, d_model), f"shape {table.shape} in place of {(10_001, d_model)}"
    assert_close(table[-1000:], reference.positional_encoding(10_001, d_model)[-1000:], **EXACT)


@criterion(points=10, title="Odd d_model", zh="奇数 d_model")
@pytest.mark.parametrize("d_model", [1, pytest.param(3, marks=public), 7, 33])
def test_odd_d_model(candidate, reference, d_model):
    assert_close(candidate.positional_encoding(9, d_model), reference.positional_encoding(9, d_model), **NEAR)


@criterion(points=10, title="Another base", zh="其他底数")
@pytest.mark.parametrize("base", [0.5, 1.0, 100.0, 500000.0])
def test_base(candidate, reference, base):
    expected = reference.positional_encoding(12, 10, base)
    assert_close(candidate.positional_encoding(12, 10, base), expected, **NEAR)
    assert_close(candidate.positional_encoding(12, 10, base=base), expected, **NEAR)


@criterion(
    points=5,
    title="A longer table begins with the shorter one, and no two rows are alike",
    zh="长表以短表开头，且任意两行不同",
)
@pytest.mark.parametrize("d_model", [2, 12])
def test_rows_do_not_depend_on_length(candidate, d_model):
    long, short = candidate.positional_encoding(100, d_model), candidate.positional_encoding(30, d_model)
    assert_row_norms(long, 100, d_model)
    assert_close(short, long[:30], **NEAR)
    assert len(np.unique(np.round(long, 5), axis=0)) == 100, "two positions have the same encoding"


@criterion(points=3, title="The result is float32", zh="结果为 float32")
def test_float32(candidate):
    table = candidate.positional_encoding(16, 10)
    assert table.dtype == np.float32, f"the result is {table.dtype}, not float32"
    assert_row_norms(table, 16, 10)


@criterion(points=3, title="Length 0 gives an empty table", zh="长度 0 得到空表")
@pytest.mark.parametrize("d_model", [1, 8])
def test_length_zero(candidate, d_model):
    table = candidate.positional_encoding(0, d_model)
    assert table.shape == (0, d_model), f"shape {table.shape} in place of {(0, d_model)}"
    assert_row_norms(candidate.positional_encoding(5, 8), 5, 8)


@criterion(points=4, title="Refuses bad arguments, and only those", zh="拒绝且只拒绝错误的参数")
@pytest.mark.parametrize(
    "arguments",
    [pytest.param((-1, 8), marks=public), (4, 0), (4, -2), (4, 8, 0.0), (4, 8, -10.0)],
    ids=["negative length", "d_model 0", "negative d_model", "base 0", "negative base"],
)
def test_bad_arguments(candidate, arguments):
    assert_raises("ValueError", candidate.positional_encoding, *arguments)
    assert candidate.positional_encoding(4, 8, 10.0).shape == (4, 8)
