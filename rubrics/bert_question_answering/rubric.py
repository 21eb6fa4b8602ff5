"""What to look for in extractive question answering: the joint choice of a span, its bounds, ties, cost and text."""

import numpy as np
import pytest

from grader.rubric import assert_close, assert_raises, criterion, inputs_after, public


def draw(rng, *shape, scale=2.0):
    """Logits that are multiples of 2**-16 and below 16: their sums are exact in float32, so no rounding decides."""
    return (np.round(np.clip(rng.normal(0, scale, shape), -15, 15) * 2**16) / 2**16).astype(np.float32)


def context(length, first, last):
    """[length]: True from `first` to `last`, inclusive."""
    positions = np.arange(length)
    return (positions >= first) & (positions <= last)


def best(start, end, mask, max_answer_len):
    """The expected (start, end, score), from the table of all pairs; argmax finds the first of equals."""
    first, last = np.indices((len(start), len(start)))
    allowed = mask[:, None] & mask & (first <= last) & (last - first < max_answer_len)
    scores = np.where(allowed, start[:, None] + end, -np.inf)
    s, e = np.unravel_index(scores.argmax(), scores.shape)
    return int(s), int(e), scores[s, e]


def batch_best(start, end, mask, max_answer_len):
    rows = [best(*row, max_answer_len) for row in zip(start, end, mask, strict=True)]
    return tuple(np.array(column) for column in zip(*rows, strict=True))


def columns(spans):
    """A batch's (starts [B], ends [B], scores [B]): given as these, or as one (start, end, score) a row."""
    if len(spans) == 3 and all(isinstance(part, np.ndarray) and part.ndim == 1 for part in spans):
        return spans
    return tuple(np.array(column) for column in zip(*spans, strict=True))


def assert_bool(value, expected):
    value = np.asarray(value)
    assert value.shape == () and value.dtype == bool, "no_answer did not return one True or False"
    assert bool(value) == expected, f"no_answer returned {bool(value)} in place of {expected}"


def assert_best(candidate, start, end, mask, max_answer_len):
    assert_close(candidate.best_span(start, end, mask, max_answer_len), best(start, end, mask, max_answer_len))


@criterion(points=10, title="Finds the best of all spans", zh="找出所有片段中最佳的一个")
@pytest.mark.parametrize(
    ("length", "max_answer_len"), [pytest.param(12, 4, marks=public), (12, 30), (40, 7), (25, 3), (60, 60)]
)
def test_best_span(candidate, rng, length, max_answer_len):
    for _ in range(4):
        mask = context(length, int(rng.integers(1, 5)), length - int(rng.integers(1, 4)))
        assert_best(candidate, draw(rng, length), draw(rng, length), mask, max_answer_len)


@criterion(points=10, title="Start and end are chosen jointly", zh="一并选取开头与结尾")
@pytest.mark.parametrize(
    "kind", ["best end before best start", "nothing after the best start", "nothing before the best end", "one token"]
)
def test_joint_choice(candidate, rng, kind):
    for _ in range(3):
        a, b, c, d = np.sort(rng.choice(np.arange(5, 27), 4, replace=False))
        start, end = draw(rng, 30, scale=0.25), draw(rng, 30, scale=0.25)
        if kind == "one token":
            c = b
        start[b], end[c] = start[b] + 6, end[c] + 6
        if kind in ("best end before best start", "nothing before the best end", "one token"):
            end[a] += 8
        if kind in ("best end before best start", "nothing after the best start", "one token"):
            start[d] += 8
        mask = context(30, 4, 28)
        assert best(start, end, mask, 25)[:2] == (b, c)
        assert_best(candidate, start, end, mask, 25)


@criterion(points=10, title="Spans have at most max_answer_len tokens", zh="片段至多 max_answer_len 个词元")
@pytest.mark.parametrize("length", [pytest.param(2, marks=public), 5, 12, 20])
def test_length_cap(candidate, rng, length):
    first = int(rng.integers(3, 8))
    last = first + length - 1
    start, end = draw(rng, 30, scale=0.5), draw(rng, 30, scale=0.5)
    start[first], end[last] = start[first] + 8, end[last] + 8
    for max_answer_len in (length - 1, length, length + 1, 1, 1000):
        assert_best(candidate, start, end, context(30, 2, 28), max_answer_len)


@criterion(
    points=9,
    title="Spans lie in the context, and nothing else has influence",
    zh="片段位于上下文之内，其余位置没有影响",
)
@pytest.mark.parametrize(
    ("first", "last"), [(0, 11), (8, 23), (6, 17), (10, 10)], ids=["start", "end", "middle", "one token"]
)
@pytest.mark.parametrize("sign", [1, -1], ids=["positive", "negative"])
def test_context(candidate, rng, first, last, sign):
    mask = context(24, first, last)
    start, end = draw(rng, 24), draw(rng, 24)
    start[mask], end[mask] = sign * np.abs(start[mask]) + 4 * sign, sign * np.abs(end[mask]) + 4 * sign
    for outside in (30, 0, -30):  # above the context's logits, between their signs, below them
        others = np.where(mask, 0, np.float32(outside))
        assert_best(candidate, np.where(mask, start, others), np.where(mask, end, others), mask, 9)


@criterion(
    points=8, title="Of equal scores the earliest start wins, then the earliest end", zh="得分相同时取最早的开头与结尾"
)
@pytest.mark.parametrize(
    ("length", "values", "max_answer_len"),
    [pytest.param(9, 1, 4, marks=public), (12, 2, 12), (12, 3, 4), (300, 2, 5), (300, 4, 300)],
)
def test_ties(candidate, rng, length, values, max_answer_len):
    for _ in range(3):
        start, end = (rng.integers(0, values, length).astype(np.float32) for _ in range(2))
        mask = context(length, int(rng.integers(1, 4)), length - 2)
        assert_best(candidate, start, end, mask, max_answer_len)
        rows = np.stack([start, end]), np.stack([end, start]), np.stack([mask, mask])
        assert_close(columns(candidate.batch_best_span(*rows, max_answer_len)), batch_best(*rows, max_answer_len))


@criterion(points=7, title="Logits of 1e6 in either direction, and float64", zh="±1e6 的 logit，以及 float64")
@pytest.mark.parametrize("centre", [-1e6, 1e6, 2e4, -2e4])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_large_logits(candidate, rng, centre, dtype):
    grain = 0.125 if dtype == np.float32 else 2**-20  # the latter is lost in float32
    start, end = (centre + grain * rng.permutation(400)[:40] for _ in range(2))
    mask = context(40, 5, 36)
    start[~mask], end[~mask] = 0, 0
    assert_best(candidate, start.astype(dtype), end.astype(dtype), mask, 6)


@criterion(points=11, title="Each row of a batch is as it would be alone", zh="成批计算时每行与单独计算时相同")
@pytest.mark.parametrize(
    ("batch", "length", "max_answer_len"), [pytest.param(3, 10, 4, marks=public), (1, 16, 5), (8, 20, 3), (20, 8, 50)]
)
def test_batch(candidate, rng, batch, length, max_answer_len):
    start, end = draw(rng, batch, length), draw(rng, batch, length)
    first, last = np.sort(rng.integers(0, length, (2, batch)), axis=0)
    mask = np.stack([context(length, *row) for row in zip(first, last, strict=True)])
    start[~mask] += 15
    found = columns(candidate.batch_best_span(start, end, mask, max_answer_len))
    assert_close(found, batch_best(start, end, mask, max_answer_len))


@criterion(points=11, title="T = 4096 within the limits", zh="T = 4096 不超出限制")
@pytest.mark.parametrize("max_answer_len", [30, 4096])
@pytest.mark.parametrize("batch", [None, 64], ids=["one", "batch"])
def test_long_context(candidate, reference, rng, batch, max_answer_len):
    shape = (4096,) if batch is None else (batch, 4096)
    start, end = draw(rng, *shape), draw(rng, *shape)
    mask = np.broadcast_to(context(4096, 20, 4094), shape).copy()
    name = "best_span" if batch is None else "batch_best_span"
    actual, expected = (getattr(who, name)(start, end, mask, max_answer_len) for who in (candidate, reference))
    assert_close(actual if batch is None else columns(actual), expected)


TOKENS = ["[CLS]", "where", "?", "[SEP]", "in", "new", "york", "##er", "##s", "'", "mini", "##s", "##cule", "c", "###"]
TOKENS += ["loft", ",", "#", "9", "[SEP]"]


@criterion(points=9, title="The answer's text joins word pieces", zh="答案文本拼接词片")
@pytest.mark.parametrize(
    ("span", "expected"),
    [
        pytest.param((5, 7), "new yorker", marks=public),
        ((4, 5), "in new"),
        ((6, 6), "york"),
        ((5, 12), "new yorkers ' miniscule"),
        ((8, 10), "s ' mini"),
        ((13, 18), "c# loft , # 9"),
        ((0, 3), "[CLS] where ? [SEP]"),
        ((14, 14), "#"),
        ((18, 19), "9 [SEP]"),
    ],
)
def test_answer_text(candidate, span, expected):
    text = candidate.answer_text(TOKENS, span)
    assert text == expected, f"tokens {span[0]} to {span[1]} became {text!r} in place of {expected!r}"


@criterion(
    points=7,
    title="No answer where the null score exceeds the best span's by more than the threshold",
    zh="空答案得分比最佳片段高出阈值以上时判为无答案",
)
@pytest.mark.parametrize("threshold", [pytest.param(0.0, marks=public), 2.5, -1.5])
@pytest.mark.parametrize("kind", ["as drawn", "long span", "crossed maxima"])
def test_no_answer(candidate, rng, kind, threshold):
    start, end, mask = draw(rng, 80), draw(rng, 80), context(80, 5, 77)
    if kind == "long span":
        start[7], end[72] = 12, 12
    if kind == "crossed maxima":
        start[70], end[8] = 12, 12
    start[1:5] += 15  # the question's
    score = best(start, end, mask, 80)[2]
    for above in (0.0, 0.25, -0.25):
        start[0] = draw(rng, 1)[0]
        end[0] = score + threshold + above - start[0]
        assert_bool(candidate.no_answer(start, end, mask, threshold), above > 0)


@criterion(points=3, title="Arguments are left as they were", zh="不改动传入的参数")
@pytest.mark.parametrize("name", ["best_span", "batch_best_span", "no_answer"])
def test_arguments_untouched(candidate, rng, name):
    start, end, mask = draw(rng, 15), draw(rng, 15), context(15, 3, 11)
    if name == "batch_best_span":
        start, end, mask = (np.stack([x, x[::-1]]) for x in (start, end, mask))
    result, after = inputs_after(getattr(candidate, name), start, end, mask, 4)
    if name == "no_answer":
        assert_bool(result, bool(start[0] + end[0] - best(start, end, mask, 15)[2] > 4))
    elif name == "best_span":
        assert_close(result, best(start, end, mask, 4))
    else:
        assert_close(columns(result), batch_best(start, end, mask, 4))
    assert_close(after[:2], [start, end], rtol=0, atol=0)
    assert np.array_equal(after[2], mask), "the context mask was changed"


@criterion(points=3, title="Refuses bad arguments, and only those", zh="拒绝且只拒绝错误的参数")
@pytest.mark.parametrize(
    "kind",
    [
        "no context",
        "no context in a row",
        "no context, no_answer",
        "length 0",
        "length -2",
        "end shorter",
        "mask longer",
        "one mask for all",
    ],
)
def test_bad_arguments(candidate, rng, kind):
    start, end, mask, empty = draw(rng, 10), draw(rng, 10), context(10, 2, 8), np.zeros(10, bool)
    starts, ends, masks = (np.stack([x, x]) for x in (start, end, mask))
    function, bad, good = {
        "no context": (candidate.best_span, (start, end, empty, 3), (start, end, context(10, 4, 4), 3)),
        "no context in a row": (
            candidate.batch_best_span,
            (starts, ends, np.stack([mask, empty]), 3),
            (starts, ends, masks, 3),
        ),
        "no context, no_answer": (candidate.no_answer, (start, end, empty, 0.5), (start, end, mask, 0.5)),
        "length 0": (candidate.best_span, (start, end, mask, 0), (start, end, mask, 1)),
        "length -2": (candidate.batch_best_span, (starts, ends, masks, -2), (starts, ends, masks, 11)),
        "end shorter": (candidate.best_span, (start, end[:9], mask, 3), (start[:9], end[:9], mask[:9], 3)),
        "one mask for all": (candidate.batch_best_span, (starts, ends, masks[:1], 3), (starts, ends, masks, 5)),
        "mask longer": (
            candidate.batch_best_span,
            (starts, ends, masks[:, [*range(10), 8]], 3),
            (starts, ends, masks, 4),
        ),
    }[kind]
    assert_raises("ValueError", function, *bad)
    result = function(*good)
    if function == candidate.no_answer:
        assert_bool(result, bool(start[0] + end[0] - best(start, end, mask, 10)[2] > 0.5))
    elif function == candidate.best_span:
        assert_close(result, best(*good))
    else:
        assert_close(columns(result), batch_best(*good))


@criterion(points=2, title="answer_text refuses spans outside of the tokens", zh="answer_text 拒绝超出词元范围的片段")
@pytest.mark.parametrize("span", [(3, 2), (-1, 2), (2, 4), (-2, -1)])
def test_bad_spans(candidate, span):
    assert_raises("ValueError", candidate.answer_text, ["a", "##b", "c", "d"], span)
    assert candidate.answer_text(["a", "##b", "c", "d"], (0, 3)) == "ab c d"
