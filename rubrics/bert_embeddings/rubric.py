"""What to look for in BERT's embeddings: the sum and its normalisation, pooling without padding, and a real model."""

import numpy as np
import pytest

from grader.rubric import (
    assert_close,
    assert_gradients_close,
    assert_raises,
    criterion,
    inputs_after,
    parameters,
    public,
    supply,
)

ARRAYS = ("numpy", "tensorflow")
POOLINGS = ["cls", "mean", "max"]


def normal(rng, *shape):
    return rng.normal(size=shape).astype(np.float32)


def make_params(rng, d, vocab_size=30, positions=16, segments=2):
    return {
        "token": normal(rng, vocab_size, d),
        "position": normal(rng, positions, d),
        "segment": normal(rng, segments, d),
        "gamma": normal(rng, d),
        "beta": normal(rng, d),
    }


def draw_ids(rng, batch, length, vocab_size=30):
    return rng.integers(0, vocab_size, (batch, length)), rng.integers(0, 2, (batch, length))


def lengths_mask(lengths, length):
    return np.arange(length) < np.asarray(lengths)[:, None]


def pooled(hidden, mask, pooling):
    """[T, D] and [T] -> [D], of one text with a real token; in float64."""
    real = hidden[mask].astype(np.float64)
    expected = {"cls": hidden[0], "mean": real.mean(axis=0), "max": real.max(axis=0)}[pooling]
    return expected.astype(hidden.dtype)


def assert_pooled(candidate, hidden, mask, pooling):
    expected = np.stack([pooled(h, m, pooling) for h, m in zip(hidden, mask, strict=True)])
    assert_close(candidate.sentence_embedding(hidden, mask, pooling), expected)


# embed


@criterion(points=10, title="Embeddings match the reference", zh="嵌入与参考实现一致")
@pytest.mark.parametrize(
    ("batch", "length", "d"), [pytest.param(2, 5, 8, marks=public), (1, 16, 12), (4, 1, 6), (3, 7, 64)]
)
def test_embed(candidate, reference, rng, batch, length, d):
    arguments = (*draw_ids(rng, batch, length), make_params(rng, d))
    assert_close(candidate.embed(*arguments), reference.embed(*arguments), rtol=1e-4, atol=1e-5)


@criterion(points=9, title="Token, position and segment each have their say", zh="词元、位置与段各自起作用")
@pytest.mark.parametrize("table", ["token", "position", "segment"])
def test_tables(candidate, reference, rng, table):
    token_ids, segment_ids = np.array([[3, 3, 8, 3, 8, 8]]), np.array([[0, 1, 0, 0, 1, 0]])
    params = make_params(rng, 16)
    for name in {"token", "position", "segment"} - {table}:
        params[name] = np.zeros_like(params[name])
    output = candidate.embed(token_ids, segment_ids, params)
    assert_close(output, reference.embed(token_ids, segment_ids, params), rtol=1e-4, atol=1e-5)
    kinds = {"token": token_ids[0], "segment": segment_ids[0], "position": np.arange(6)}[table]
    for a, b in np.ndindex(6, 6):
        same = np.allclose(output[0, a], output[0, b], rtol=1e-4, atol=1e-4)
        assert same == (kinds[a] == kinds[b]), f"positions {a} and {b} are {'' if same else 'not '}told alike"


@criterion(points=8, title="Layer norm with an eps of 1e-12, over the features", zh="在特征上做层归一化，eps 为 1e-12")
@pytest.mark.parametrize("scale", [1e-6, 1e-5, 1e-3, 100.0])
def test_eps(candidate, reference, rng, scale):
    token_ids, segment_ids = draw_ids(rng, 2, 5)
    params = make_params(rng, 16)
    for name in ("token", "position", "segment"):
        params[name] *= np.float32(scale)
    expected = reference.embed(token_ids, segment_ids, params)
    assert_close(candidate.embed(token_ids, segment_ids, params), expected, rtol=1e-4, atol=1e-5)


@criterion(points=4, title="Equal features give beta, not NaN", zh="各特征相等时得到 beta，而不是 NaN")
@pytest.mark.parametrize("value", [0.0, 0.5, -2.0])
def test_equal_features(candidate, rng, value):
    token_ids, segment_ids = draw_ids(rng, 2, 5)
    params = make_params(rng, 8)
    for name in ("token", "position", "segment"):
        params[name] = np.full_like(params[name], value)
    expected = np.broadcast_to(params["beta"], (2, 5, 8))
    assert_close(candidate.embed(token_ids, segment_ids, params), expected)


@criterion(
    points=6,
    title="A token's row depends on its id, segment and position alone",
    zh="每一行只取决于该词元的 id、段与位置",
)
@pytest.mark.parametrize(("batch", "length"), [(4, 6), (2, 15)])
def test_rows_are_independent(candidate, rng, batch, length):
    token_ids, segment_ids = draw_ids(rng, batch, length)
    params = make_params(rng, 12)
    output = candidate.embed(token_ids, segment_ids, params)
    assert output.shape == (batch, length, 12), f"shape {output.shape} in place of {(batch, length, 12)}"
    for row in range(batch):
        alone = candidate.embed(token_ids[[row], : row + 1], segment_ids[[row], : row + 1], params)
        assert_close(alone, output[[row], : row + 1], rtol=1e-4, atol=1e-5)
    other = (token_ids + 1) % 30
    other[:, 0] = token_ids[:, 0]
    changed = candidate.embed(other, segment_ids, params)
    assert_close(changed[:, 0], output[:, 0], rtol=1e-4, atol=1e-5)
    assert np.abs(changed[:, 1:] - output[:, 1:]).max(axis=-1).min() > 1e-3, "another token has the same row"
    shifted = params | {"token": params["token"] + 3}  # layer norm takes off what all features share
    assert_close(candidate.embed(token_ids, segment_ids, shifted), output, rtol=1e-3, atol=1e-4)


# sentence_embedding


@criterion(points=5, title="cls is the first vector", zh="cls 取第一个向量")
@pytest.mark.parametrize("lengths", [[6, 3], [1, 6]])
def test_cls(candidate, rng, lengths):
    assert_pooled(candidate, normal(rng, 2, 6, 4), lengths_mask(lengths, 6), "cls")


@criterion(points=8, title="mean is over the real tokens", zh="mean 只对真实词元取平均")
@pytest.mark.parametrize("lengths", [pytest.param([6, 3], marks=public), [6, 6], [1, 2, 5], [4]])
def test_mean(candidate, rng, lengths):
    assert_pooled(candidate, normal(rng, len(lengths), 6, 4) + 2, lengths_mask(lengths, 6), "mean")


@criterion(
    points=8, title="max is over the real tokens, where all are negative too", zh="max 只对真实词元取最大，全为负时亦然"
)
@pytest.mark.parametrize("shift", [0, -10, 10, -30_000])
def test_max(candidate, rng, shift):
    hidden = normal(rng, 3, 6, 5) + np.float32(shift)
    hidden[1:, 4:] += 50
    assert_pooled(candidate, hidden, lengths_mask([6, 4, 1], 6), "max")


@criterion(points=7, title="Padding has no influence, whatever it holds", zh="填充无论是什么都没有影响")
@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize("padding", [1e9, -1e9, np.inf, np.nan])
def test_padding(candidate, rng, pooling, padding):
    mask = lengths_mask([5, 2, 7], 7)
    hidden = normal(rng, 3, 7, 4)
    hidden[~mask] = padding
    assert_pooled(candidate, hidden, mask, pooling)
    mask = np.array([[True, False, True, True, False, True, False]])  # what is not real need not be at the end
    hidden = normal(rng, 1, 7, 4)
    hidden[~mask] = padding
    assert_pooled(candidate, hidden, mask, pooling)


@criterion(points=4, title="A text without a real token gives zeros", zh="没有真实词元的文本得到零")
@pytest.mark.parametrize("pooling", ["mean", "max"])
def test_nothing_real(candidate, rng, pooling):
    hidden, mask = normal(rng, 3, 5, 4), lengths_mask([3, 0, 5], 5)
    output = candidate.sentence_embedding(hidden, mask, pooling)
    assert output.shape == (3, 4), f"shape {output.shape} in place of (3, 4)"
    assert_close(output[1], np.zeros(4, np.float32))
    for row in (0, 2):
        assert_close(output[row], pooled(hidden[row], mask[row], pooling))


# Both


@criterion(points=4, title="float64 in, float64 out", zh="输入 float64，输出 float64")
@pytest.mark.parametrize("name", ["embed", *POOLINGS])
def test_float64(candidate, reference, rng, name):
    if name == "embed":
        params = {key: array.astype(np.float64) for key, array in make_params(rng, 10).items()}
        ids = draw_ids(rng, 2, 6)
        assert_close(candidate.embed(*ids, params), reference.embed(*ids, params), rtol=1e-9, atol=1e-11)
    else:
        hidden, mask = rng.normal(size=(2, 6, 4)) + 5, lengths_mask([6, 3], 6)
        assert_pooled(candidate, hidden, mask, name)


@criterion(
    points=5,
    title="Gradients reach the tables and the real tokens, and no others",
    zh="梯度传到各表与真实词元，且只传到它们",
    frameworks=("torch", "tensorflow"),
)
@pytest.mark.parametrize("name", ["embed", *POOLINGS])
def test_gradients(candidate, reference, rng, name):
    if name == "embed":
        arguments = (*draw_ids(rng, 2, 6), make_params(rng, 8))
        assert_gradients_close(candidate.embed, reference.embed, *arguments, wrt=(2,), rtol=1e-3, atol=1e-4)
    else:
        arguments = normal(rng, 3, 6, 4), lengths_mask([6, 3, 1], 6), name
        assert_gradients_close(candidate.sentence_embedding, reference.sentence_embedding, *arguments, wrt=(0,))


@criterion(points=5, title="Arguments are left as they were", zh="不改动传入的参数", frameworks=("numpy",))
@pytest.mark.parametrize("name", ["embed", *POOLINGS])
def test_arguments_untouched(candidate, reference, rng, name):
    if name == "embed":
        arguments = (*draw_ids(rng, 2, 6), make_params(rng, 8))
        result, after = inputs_after(candidate.embed, *arguments)
        assert_close(result, reference.embed(*arguments), rtol=1e-4, atol=1e-5)
        assert_close(list(after), list(arguments), rtol=0, atol=0)
    else:
        hidden, mask = normal(rng, 2, 6, 4), lengths_mask([6, 3], 6)
        result, after = inputs_after(candidate.sentence_embedding, hidden, mask, name)
        assert_close(result, np.stack([pooled(h, m, name) for h, m in zip(hidden, mask, strict=True)]))
        assert_close(after[0], hidden, rtol=0, atol=0)
        assert np.array_equal(after[1], mask), "the mask was changed"


@criterion(points=5, title="Refuses bad arguments, and only those", zh="拒绝且只拒绝错误的参数")
@pytest.mark.parametrize(
    "kind",
    [
        "token -1",
        "token 30",
        "segment -1",
        "segment 2",
        "too long",
        "shapes differ",
        "pooling",
        "mask shorter",
        "mask [B]",
    ],
)
def test_bad_arguments(candidate, reference, rng, kind):
    token_ids, segment_ids = draw_ids(rng, 3, 16)
    params = make_params(rng, 8)
    hidden, mask = normal(rng, 3, 3, 4), lengths_mask([3, 2, 1], 3)
    if kind in ("pooling", "mask shorter", "mask [B]"):
        poolings = ("cls", "mean", "max")
        wrong = {"pooling": mask, "mask shorter": mask[:, :2], "mask [B]": mask[:, 0]}[kind]
        for pooling in ("median",) if kind == "pooling" else poolings:
            assert_raises("ValueError", candidate.sentence_embedding, hidden, wrong, pooling)
        for pooling in poolings:
            assert_pooled(candidate, hidden, mask, pooling)
        return
    good = token_ids, segment_ids
    which, *value = kind.split()
    if which in ("token", "segment"):
        bad = [x.copy() for x in good]
        bad[which == "segment"][1, 2] = int(value[0])
    elif kind == "too long":
        bad = draw_ids(rng, 3, 17)
    else:
        bad = token_ids, segment_ids[:1]
    assert_raises("ValueError", candidate.embed, *bad, params)
    assert_close(candidate.embed(*good, params), reference.embed(*good, params), rtol=1e-4, atol=1e-5)


# numpy and TensorFlow, in place of a real BERT


@criterion(
    points=9,
    title="Texts of many lengths: a batch gives what each gives alone",
    zh="长短不一的文本：成批与单独计算结果相同",
    frameworks=ARRAYS,
)
@pytest.mark.parametrize("pooling", POOLINGS)
def test_texts(candidate, reference, rng, pooling):
    lengths = [3, 12, 1, 7]
    token_ids, segment_ids = draw_ids(rng, 4, 12)
    params, mask = make_params(rng, 8), lengths_mask(lengths, 12)
    batch = candidate.sentence_embedding(candidate.embed(token_ids, segment_ids, params), mask, pooling)
    expected = reference.sentence_embedding(reference.embed(token_ids, segment_ids, params), mask, pooling)
    assert_close(batch, expected, rtol=1e-4, atol=1e-5)
    for row, length in enumerate(lengths):
        vectors = candidate.embed(token_ids[[row], :length], segment_ids[[row], :length], params)
        alone = candidate.sentence_embedding(vectors, mask[[row], :length], pooling)
        assert_close(alone, batch[[row]], rtol=1e-4, atol=1e-5)


@criterion(
    points=8,
    title="BERT's own vocabulary: 16 texts of 512 tokens, of 30 522",
    zh="BERT 的词表规模：16 段 512 个词元的文本，词表 30 522",
    frameworks=ARRAYS,
)
@pytest.mark.parametrize("d", [16, 32])
def test_real_size(candidate, reference, rng, d):
    params = make_params(rng, d, vocab_size=30_522, positions=512)
    arguments = (*draw_ids(rng, 16, 512, 30_522), params)
    assert_close(candidate.embed(*arguments), reference.embed(*arguments), rtol=1e-4, atol=1e-5)


# A real BERT


WORDS = "the a cat dog birds sat ran sang singing on under mat tree river red old small was not good quickly , ."


def draw_texts(rng, lengths):
    return [" ".join(rng.choice(WORDS.split(), length)) for length in lengths]


def assert_same_vectors(candidate, reference, texts, pooling, *build_arguments):
    """Both encode with a model of their own, built from the same seed; returns the two models, a tokenizer, vectors."""
    model, tokenizer = supply(candidate, "tiny_bert.build", *build_arguments)
    twin, twin_tokenizer = supply(reference, "tiny_bert.build", *build_arguments)
    vectors = candidate.encode_sentences(model, tokenizer, texts, pooling)
    assert_close(vectors, reference.encode_sentences(twin, twin_tokenizer, texts, pooling), rtol=1e-8, atol=1e-10)
    return model, twin, tokenizer, vectors


@criterion(
    points=6, title="BERT: the pooled vectors of each text", zh="BERT：每段文本的池化向量", frameworks=("torch",)
)
@pytest.mark.parametrize("pooling", POOLINGS)
def test_bert(candidate, reference, rng, pooling):
    seed, texts = int(rng.integers(2**31)), draw_texts(rng, [4, 4, 4])
    model, _, tokenizer, vectors = assert_same_vectors(candidate, reference, texts, pooling, seed)
    for changed in (0, 3):  # both directions are seen: the first word and the last have a say in every vector
        words = texts[0].split()
        words[changed] = "walk"
        other = candidate.encode_sentences(model, tokenizer, [" ".join(words)], pooling)
        assert np.abs(other - vectors[:1]).max() > 1e-3, f"word {changed} has no say in the vector"


@criterion(
    points=5,
    title="BERT: padding and the batch have no influence",
    zh="BERT：填充与同批文本没有影响",
    frameworks=("torch",),
)
@pytest.mark.parametrize("pooling", POOLINGS)
def test_bert_batch(candidate, reference, rng, pooling):
    seed, texts = int(rng.integers(2**31)), draw_texts(rng, [3, 12, 1, 7])
    model, _, tokenizer, vectors = assert_same_vectors(candidate, reference, texts, pooling, seed)
    for row, text in enumerate(texts):
        alone = candidate.encode_sentences(model, tokenizer, [text], pooling)
        assert_close(alone, vectors[[row]], rtol=1e-8, atol=1e-10)


@criterion(points=3, title="BERT: long texts and empty ones", zh="BERT：过长的文本与空文本", frameworks=("torch",))
@pytest.mark.parametrize(("pooling", "lengths"), [("mean", [40, 5, 18, 0]), ("max", [19, 60]), ("cls", [0])])
def test_bert_long_texts(candidate, reference, rng, pooling, lengths):
    assert_same_vectors(candidate, reference, draw_texts(rng, lengths), pooling, int(rng.integers(2**31)))


@criterion(
    points=2,
    title="BERT: no dropout, and the model is left as it was",
    zh="BERT：关闭 dropout，并使模型保持原样",
    frameworks=("torch",),
)
@pytest.mark.parametrize("training", [True, False], ids=["train mode", "eval mode"])
def test_bert_left_as_found(candidate, reference, rng, training):
    arguments = draw_texts(rng, [4, 6, 2]), "mean", int(rng.integers(2**31)), training
    model, twin, *_ = assert_same_vectors(candidate, reference, *arguments)
    assert model.training == training, "the model is no longer in the mode that it came in"
    assert_close(parameters(model), parameters(twin))


@criterion(points=1, title="BERT: refuses bad arguments", zh="BERT：拒绝错误的参数", frameworks=("torch",))
@pytest.mark.parametrize(("texts", "pooling"), [(["the cat"], "sum"), ([], "mean")])
def test_bert_bad_arguments(candidate, reference, rng, texts, pooling):
    seed = int(rng.integers(2**31))
    model, tokenizer = supply(candidate, "tiny_bert.build", seed)
    assert_raises("ValueError", candidate.encode_sentences, model, tokenizer, texts, pooling)
    assert_same_vectors(candidate, reference, ["the dog ran"], "mean", seed)
