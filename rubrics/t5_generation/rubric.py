"""What to look for in T5: decoder inputs, span corruption, and greedy decoding, alone and around a real model."""

import numpy as np
import pytest

from grader.rubric import assert_close, assert_raises, criterion, inputs_after, public, supply


def as_ids(result):
    ids = np.asarray(result)
    assert ids.ndim == 1, f"the ids have shape {ids.shape}, not [L]"
    assert ids.dtype.kind in "iu" or ids.size == 0, f"the ids are {ids.dtype}, not integers"
    return ids.tolist()


def shifted(labels, decoder_start_id, pad_id):
    rows = np.concatenate([np.full_like(labels[:, :1], decoder_start_id), labels[:, :-1]], axis=1)
    return np.where(rows == -100, pad_id, rows)


def draw_labels(rng, batch, length):
    return rng.integers(5, 90, (batch, length))


def draw_spans(rng, length, count):
    """`count` spans in order, none of them empty or touching another."""
    return np.sort(rng.choice(length + 1, 2 * count, replace=False)).reshape(-1, 2).tolist()


def corrupted(ids, spans, sentinel_ids):
    """The expected (inputs, targets), token by token."""
    inputs, targets = [], []
    first = {start: i for i, (start, _) in enumerate(spans)}
    hidden = {position for span in spans for position in range(*span)}
    for position, token in enumerate(ids):
        if position in first:
            sentinel = sentinel_ids[first[position]]
            inputs.append(sentinel)
            targets.append(sentinel)
        (targets if position in hidden else inputs).append(token)
    return inputs, [*targets, sentinel_ids[len(spans)]]


def assert_corrupted(candidate, ids, spans, sentinel_ids):
    inputs, targets = candidate.corrupt_spans(ids, spans, sentinel_ids)
    plain = np.asarray(ids).tolist(), spans, np.asarray(sentinel_ids).tolist()
    assert_close((np.array(as_ids(inputs)), np.array(as_ids(targets))), tuple(map(np.array, corrupted(*plain))))


def encoder_decoder(rng, vocab_size):
    """A `step_logits` in which every token of the input and of the text so far has a say, by its position."""
    embedding, head = rng.normal(size=(vocab_size, 16)), rng.normal(size=(16, vocab_size))

    def context(ids, phase):
        ids = np.ravel(ids)
        return np.cos(phase + np.arange(len(ids)))[::-1] @ embedding[ids] / np.sqrt(len(ids) or 1)

    def step_logits(input_ids, decoder_ids):
        return (np.tanh(2 * (context(input_ids, 0.5) + context(decoder_ids, 0))) @ head).astype(np.float32)

    return step_logits


def scripted(script, vocab_size=8):
    """A `step_logits` that is all but certain of the script's next token, whatever was read."""

    def step_logits(input_ids, decoder_ids):
        logits = np.zeros(vocab_size, np.float32)
        logits[script[np.size(decoder_ids) - 1]] = 60
        return logits

    return step_logits


def greedy(step_logits, input_ids, start_id, count):
    ids = [start_id]
    while len(ids) < count:
        ids.append(int(np.argmax(step_logits(input_ids, ids))))
    return ids


# shift_right


@criterion(points=7, title="Labels are shifted right, behind the start id", zh="标签右移，首位为起始 id")
@pytest.mark.parametrize(
    ("batch", "length", "start_id"), [pytest.param(2, 5, 3, marks=public), (4, 1, 0), (1, 12, 7), (3, 8, 1)]
)
def test_shift_right(candidate, rng, batch, length, start_id):
    labels = draw_labels(rng, batch, length)
    assert_close(candidate.shift_right(labels, start_id, 2), shifted(labels, start_id, 2))
    again = draw_labels(rng, batch, length)
    again[:, -1] = labels[:, -1]
    assert_close(candidate.shift_right(again, 4, 0), shifted(again, 4, 0))


@criterion(points=6, title="Labels of -100 become padding", zh="-100 的标签变为填充")
@pytest.mark.parametrize("kind", ["at the ends", "anywhere", "a whole row"])
@pytest.mark.parametrize("pad_id", [0, 95])
def test_ignored_labels(candidate, rng, kind, pad_id):
    labels = draw_labels(rng, 3, 8)
    if kind == "at the ends":
        labels[0, 5:], labels[1, 2:] = -100, -100
    if kind == "anywhere":
        labels[rng.random((3, 8)) < 0.4] = -100
        labels[:, 3] = -100
    if kind == "a whole row":
        labels[1] = -100
    assert_close(candidate.shift_right(labels, 2, pad_id), shifted(labels, 2, pad_id))


# corrupt_spans


@criterion(points=9, title="Spans give way to sentinels, and become the target", zh="片段由哨兵替代，并成为目标")
@pytest.mark.parametrize(
    ("length", "count"), [pytest.param(10, 2, marks=public), (12, 1), (30, 5), (60, 12), (200, 20)]
)
def test_corrupt_spans(candidate, rng, length, count):
    ids = rng.integers(1, 900, length)
    assert_corrupted(candidate, ids, draw_spans(rng, length, count), list(range(999, 997 - count, -1)))


@criterion(points=7, title="Sentinels in the order given, and a final one", zh="哨兵按给定顺序使用，末尾再加一个")
@pytest.mark.parametrize("order", ["ascending", "any", "more than needed", "an array"])
def test_sentinels(candidate, rng, order):
    ids, spans = rng.integers(1, 90, 20), draw_spans(rng, 20, 4)
    sentinel_ids = {
        "ascending": [100, 101, 102, 103, 104],
        "any": rng.permutation(np.arange(100, 105)).tolist(),
        "more than needed": list(range(199, 99, -1)),
        "an array": rng.permutation(np.arange(100, 105)),
    }[order]
    assert_corrupted(candidate, ids, spans, sentinel_ids)


@criterion(points=7, title="Spans at the ends, side by side, and none at all", zh="位于两端、彼此相接以及没有片段")
@pytest.mark.parametrize(
    "spans",
    [
        [[0, 2], [5, 6]],
        [[3, 4], [8, 10]],
        pytest.param([[2, 4], [4, 7]], marks=public),
        [[0, 1], [1, 2], [2, 10]],
        [[0, 10]],
        [],
    ],
    ids=["at the beginning", "at the end", "side by side", "three in a row", "everything", "none"],
)
def test_span_edges(candidate, rng, spans):
    assert_corrupted(candidate, rng.integers(1, 90, 10), spans, [99, 98, 97, 96])


@criterion(points=4, title="Inputs and targets together give the text again", zh="输入与目标合起来可还原文本")
@pytest.mark.parametrize("count", [1, 3, 9])
def test_round_trip(candidate, rng, count):
    ids = rng.integers(1, 90, 40)
    sentinel_ids = rng.permutation(np.arange(100, 101 + count)).tolist()
    inputs, targets = map(as_ids, candidate.corrupt_spans(ids, draw_spans(rng, 40, count), sentinel_ids))
    assert len(inputs) + len(targets) == 40 + 2 * count + 1, "tokens were lost or added"
    text = []
    for token in inputs:
        if token not in sentinel_ids[:count]:
            text.append(token)
            continue
        assert token in targets, "a sentinel of the inputs is not in the targets"
        after = targets[targets.index(token) + 1 :]
        ends = [i for i, t in enumerate(after) if t in sentinel_ids]
        assert ends, "no sentinel ends the targets"
        text += after[: ends[0]]
    assert_close(np.array(text), ids)


# greedy_decode


@criterion(
    points=8,
    title="Each token is the most likely after all that was read and written",
    zh="每步取全部上文下最可能的词元",
)
@pytest.mark.parametrize("vocab_size", [6, 60])
@pytest.mark.parametrize("as_list", [True, False], ids=["list", "array"])
def test_greedy(candidate, rng, vocab_size, as_list):
    for _ in range(3):
        step_logits = encoder_decoder(rng, vocab_size)
        input_ids, start_id = rng.integers(0, vocab_size, 7), int(rng.integers(0, vocab_size))
        given = input_ids.tolist() if as_list else input_ids
        ids = candidate.greedy_decode(step_logits, given, start_id, vocab_size, 12)  # an eos_id that never comes
        assert as_ids(ids) == greedy(step_logits, input_ids, start_id, 12)


@criterion(points=6, title="The text ends after eos_id, and only there", zh="文本在 eos_id 之后结束，且只在那里结束")
@pytest.mark.parametrize(
    ("start_id", "script", "eos_id", "length"),
    [
        pytest.param(0, [3, 4, 1, 5, 6], 1, 4, marks=public),
        (0, [1, 2, 3, 4, 5], 1, 2),
        (5, [3, 0, 4, 2, 6], 0, 3),
        (2, [4, 2, 6, 5, 3], 2, 3),
        (0, [3, 4, 5, 6, 2], 1, 6),
        (0, [3, 4, 5, 6, 1], 1, 6),
    ],
    ids=["in the middle", "at once", "id 0", "the start id", "never", "at the end"],
)
def test_eos(candidate, rng, start_id, script, eos_id, length):
    ids = candidate.greedy_decode(scripted(script), rng.integers(0, 8, 6).tolist(), start_id, eos_id, 6)
    assert as_ids(ids) == [start_id, *script][:length]


@criterion(points=5, title="max_length counts the start id", zh="max_length 把起始 id 计算在内")
@pytest.mark.parametrize("max_length", [pytest.param(4, marks=public), 2, 3, 9])
def test_max_length(candidate, rng, max_length):
    step_logits, input_ids = encoder_decoder(rng, 20), rng.integers(0, 20, 5)
    ids = candidate.greedy_decode(step_logits, input_ids, 3, 20, max_length)
    assert as_ids(ids) == greedy(step_logits, input_ids, 3, max_length)
    assert as_ids(candidate.greedy_decode(step_logits, input_ids, 3, 20, 1)) == [3]


@criterion(
    points=4,
    title="One call of step_logits a token, with all that was written",
    zh="每个词元调用一次 step_logits，并给出全部已写内容",
)
@pytest.mark.parametrize(("script", "calls_expected"), [([4, 3, 2, 5, 6, 2], 6), ([4, 3, 1, 5, 6, 2], 3)])
def test_calls(candidate, script, calls_expected):
    calls = []

    def step_logits(input_ids, decoder_ids):
        calls.append((np.ravel(input_ids).tolist(), np.asarray(decoder_ids).tolist()))
        return scripted([*script, 7])(input_ids, decoder_ids)

    ids = as_ids(candidate.greedy_decode(step_logits, [6, 2, 5], 0, 1, 7))
    assert calls == [([6, 2, 5], ids[:n]) for n in range(1, calls_expected + 1)]
    assert ids == [0, *script[:calls_expected]]


@criterion(
    points=3,
    title="Of equal logits the smallest id, and logits of -inf",
    zh="logit 相等时取最小的 id；以及 -inf 的 logit",
)
@pytest.mark.parametrize("kind", ["ties", "impossible tokens", "negative"])
def test_ties(candidate, rng, kind):
    logits = rng.permutation([2, 2, 2, 1, 1, 0, 0, 0]).astype(np.float32)
    if kind == "impossible tokens":
        logits[logits < 2] = -np.inf
    if kind == "negative":
        logits -= 1e4
    best = int(np.argmax(logits))
    assert as_ids(candidate.greedy_decode(lambda input_ids, decoder_ids: logits, [1], 9, 8, 5)) == [9] + 4 * [best]


# All


@criterion(points=3, title="Arguments are left as they were", zh="不改动传入的参数")
@pytest.mark.parametrize("name", ["shift_right", "corrupt_spans", "greedy_decode"])
def test_arguments_untouched(candidate, rng, name):
    if name == "shift_right":
        labels = draw_labels(rng, 2, 6)
        labels[:, 3] = -100
        result, after = inputs_after(candidate.shift_right, labels, 2, 0)
        assert_close(result, shifted(labels, 2, 0))
        assert_close(after[0], labels)
    elif name == "corrupt_spans":
        ids, spans, sentinel_ids = rng.integers(1, 90, 20).tolist(), draw_spans(rng, 20, 3), [99, 98, 97, 96, 95]
        result, after = inputs_after(candidate.corrupt_spans, ids, spans, sentinel_ids)
        assert tuple(map(as_ids, result)) == corrupted(ids, spans, sentinel_ids)
        assert_close([after[0], after[2], np.array(after[1])], [ids, sentinel_ids, np.array(spans)])
    else:
        step_logits = encoder_decoder(rng, 20)
        for input_ids in ([4, 2, 9], np.array([4, 2, 9])):
            result, after = inputs_after(candidate.greedy_decode, step_logits, input_ids, 5, 20, 6)
            assert as_ids(result) == greedy(step_logits, input_ids, 5, 6)
            assert as_ids(after[1]) == [4, 2, 9], "greedy_decode changed the caller's input_ids"


@criterion(points=5, title="Refuses bad spans and too few sentinels", zh="拒绝错误的片段与数量不足的哨兵")
@pytest.mark.parametrize(
    ("spans", "sentinels"),
    [
        ([[1, 4], [3, 6]], 4),
        ([[5, 7], [1, 3]], 4),
        ([[2, 8], [3, 5]], 4),
        ([[3, 3]], 4),
        ([[5, 3]], 4),
        ([[-2, 1]], 4),
        ([[8, 11]], 4),
        ([[1, 2], [4, 6]], 2),
        ([], 0),
    ],
    ids=[
        "overlapping",
        "unsorted",
        "within",
        "empty",
        "reversed",
        "negative",
        "beyond",
        "no final sentinel",
        "none at all",
    ],
)
def test_bad_spans(candidate, rng, spans, sentinels):
    ids = rng.integers(1, 90, 10)
    assert_raises("ValueError", candidate.corrupt_spans, ids, spans, [99, 98, 97, 96][:sentinels])
    assert_corrupted(candidate, ids, [[1, 4], [4, 6], [9, 10]], [99, 98, 97, 96])


@criterion(points=2, title="Refuses a max_length below 1", zh="拒绝小于 1 的 max_length")
@pytest.mark.parametrize("max_length", [0, -3])
def test_bad_max_length(candidate, max_length):
    assert_raises("ValueError", candidate.greedy_decode, scripted([4, 3]), [5, 6], 0, 1, max_length)
    assert as_ids(candidate.greedy_decode(scripted([4, 3]), [5, 6], 0, 1, 3)) == [0, 4, 3]


# numpy, in place of a real T5


@criterion(
    points=5,
    title="A text of 5 000 tokens, 15 % of them hidden",
    zh="5000 词元的文本，遮住其中 15 %",
    frameworks=("numpy",),
)
def test_long_text(candidate, rng):
    spans = [
        [start, start + int(length)] for start, length in zip(range(7, 4990, 20), rng.integers(1, 6, 250), strict=False)
    ]
    assert_corrupted(candidate, rng.integers(1, 32_000, 5_000), spans, list(range(32_399, 31_999, -1)))


@criterion(
    points=12,
    title="A perfect denoiser writes the targets, each read as shift_right gives them",
    zh="完美的去噪器写出目标序列，其读入与 shift_right 一致",
    frameworks=("numpy",),
)
@pytest.mark.parametrize(("length", "count"), [(12, 2), (40, 6)])
def test_denoiser(candidate, rng, length, count):
    ids, spans, sentinel_ids = (
        rng.integers(2, 50, length),
        draw_spans(rng, length, count),
        list(range(99, 98 - count, -1)),
    )
    inputs, targets = map(as_ids, candidate.corrupt_spans(ids, spans, sentinel_ids))
    assert (inputs, targets) == corrupted(ids.tolist(), spans, sentinel_ids)
    labels = [*targets, 1, -100]
    read = candidate.shift_right(np.array([labels]), 0, 0)[0]

    def step_logits(input_ids, decoder_ids):
        written = np.ravel(decoder_ids).tolist()
        right = np.ravel(input_ids).tolist() == inputs and written == read[: len(written)].tolist()
        return np.eye(100, dtype=np.float32)[labels[len(written) - 1] if right else 0]

    assert as_ids(candidate.greedy_decode(step_logits, inputs, 0, 1, 100)) == [0, *targets, 1]


@criterion(points=7, title="Ids in lists, and in int32", zh="列表形式与 int32 的 id", frameworks=("numpy",))
@pytest.mark.parametrize("kind", ["list", "int32"])
def test_kinds_of_ids(candidate, rng, kind):
    ids, spans = rng.integers(1, 90, 30), draw_spans(rng, 30, 4)
    given = ids.tolist() if kind == "list" else ids.astype(np.int32)
    assert_corrupted(candidate, given, spans, [99, 98, 97, 96, 95])
    labels = draw_labels(rng, 3, 7).astype(np.int64 if kind == "list" else np.int32)
    labels[:, 2] = -100
    assert_close(candidate.shift_right(labels, 3, 0), shifted(labels, 3, 0))
    step_logits = encoder_decoder(rng, 90)
    assert as_ids(candidate.greedy_decode(step_logits, given, 4, 90, 8)) == greedy(step_logits, ids, 4, 8)


# A real T5

END, SENTINELS = 1, [29, 28, 27, 26]


def assert_same_text(candidate, reference, input_ids, start_id, max_length, ends):
    """Each decodes with a T5 of its own, built from the same seed."""
    seed = int(np.sum(input_ids))
    expected, actual = (
        as_ids(who.greedy_decode(supply(who, "tiny_t5.step_logits", seed, ends), input_ids, start_id, END, max_length))
        for who in (reference, candidate)
    )
    assert actual == expected


@criterion(
    points=9,
    title="A real T5 reads a corrupted text and writes its greedy one",
    zh="真实的 T5 读入破坏后的文本，写出贪心文本",
    frameworks=("torch",),
)
@pytest.mark.parametrize(("start_id", "max_length"), [(0, 10), (4, 8), (2, 15)])
def test_t5(candidate, reference, rng, start_id, max_length):
    for length in (6, 11):
        ids, spans = rng.integers(2, 26, length), draw_spans(rng, length, 3)
        inputs = as_ids(candidate.corrupt_spans(ids, spans, SENTINELS)[0])
        assert inputs == corrupted(ids.tolist(), spans, SENTINELS)[0]
        assert_same_text(candidate, reference, inputs, start_id, max_length, False)


@criterion(
    points=7, title="A real T5 ends its texts, short and long", zh="真实的 T5 结束文本，长短皆可", frameworks=("torch",)
)
@pytest.mark.parametrize("start_id", [0, 6])
def test_t5_ends(candidate, reference, rng, start_id):
    for length in (3, 5, 8, 8):
        assert_same_text(candidate, reference, rng.integers(2, 30, length), start_id, 20, True)


@criterion(
    points=8,
    title="A batch's labels, of different length, are shifted as T5 does it",
    zh="一批长短不一的标签，移位结果与 T5 自身一致",
    frameworks=("torch",),
)
@pytest.mark.parametrize("lengths", [[9, 4, 6], [3, 9], [1, 5, 9, 2]])
@pytest.mark.parametrize("start_id", [0, 7])
def test_t5_labels(candidate, reference, rng, lengths, start_id):
    labels = rng.integers(2, 30, (len(lengths), 9))
    labels[np.arange(9) >= np.array(lengths)[:, None]] = -100
    read = supply(reference, "tiny_t5.decoder_inputs", labels, start_id)
    assert_close(candidate.shift_right(labels, start_id, 0), read)
