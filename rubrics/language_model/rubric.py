"""What to look for in a language model: that it sees all that came before and nothing that comes after, that it is
built as asked, and that it learns.

A trained model is judged by its loss on texts held back, drawn from a source whose entropy is known: no causal model
can be better, and one that has learnt is not much worse.
"""

import numpy as np
import pytest

from grader.rubric import (
    assert_close,
    assert_learns,
    assert_raises,
    copy_parameters,
    criterion,
    parameters,
    public,
    set_parameters,
)

# Between float32 and float64, right answers differ by some 1e-6 in a probability.
CLOSE = {"rtol": 1e-3, "atol": 1e-5}


def draw_ids(rng, batch, length, vocab=9):
    return rng.integers(vocab, size=(batch, length))


def build(candidate, vocab=9, max_len=10, d_model=16, num_heads=2, d_ff=24):
    return candidate.build_language_model(vocab, max_len, d_model, num_heads, d_ff)


def probabilities(model, ids, vocab=9):
    """Of the next token, [B, T, V]: each row a distribution."""
    found = model(ids)
    assert found.shape == (*ids.shape, vocab), f"shape {found.shape} in place of {(*ids.shape, vocab)}"
    assert np.all(found >= 0), "a probability is negative or not a number"
    assert_close(found.sum(axis=-1), np.ones(ids.shape, np.float32), rtol=1e-4)
    return found


def louder(model):
    """Its parameters, matrices three times as large: what a model does then shows more than at its start."""
    return [3 * value if value.ndim > 1 else value for value in parameters(model, trainable=True).values()]


def put(model, values):
    names = parameters(model, trainable=True)
    set_parameters(
        model, {name: new.reshape(old.shape) for (name, old), new in zip(names.items(), values, strict=True)}
    )


def loud(candidate, rng):
    model = build(candidate)
    probabilities(model, draw_ids(rng, 1, 2))  # some models are built by their first call
    put(model, louder(model))
    return model


# ---------------------------------------------------------------------------------------------------------- the model


@criterion(points=8, title="Each row is a distribution over the vocabulary", zh="每一行是词表上的分布")
@pytest.mark.parametrize(("batch", "length"), [pytest.param(2, 5, marks=public), (1, 1), (3, 20)])
def test_probabilities(candidate, rng, batch, length):
    model = build(candidate, max_len=20)
    ids = draw_ids(rng, batch, length)
    found = probabilities(model, ids)
    other = probabilities(model, (ids + 1) % 9)
    assert np.abs(found - other).max() > 1e-4, "other tokens give the same probabilities"


def assert_causal(model, rng, places):
    ids = draw_ids(rng, 4, 10)
    found = probabilities(model, ids)
    for place in places:
        changed = ids.copy()
        changed[:, place:] = (ids[:, place:] + rng.integers(1, 9, size=(4, 10 - place))) % 9
        others = probabilities(model, changed)
        assert_close(others[:, :place], found[:, :place], **CLOSE)
        assert np.abs(others[:, place:] - found[:, place:]).max() > 1e-4, "a token changes not even its own row"
        assert_close(probabilities(model, ids[:, :place]), found[:, :place], **CLOSE)


@criterion(points=16, title="A later token never changes an earlier row", zh="后面的词元不改变前面的行")
@pytest.mark.parametrize("trained", [pytest.param(False, marks=public), True], ids=["built", "trained"])
def test_causal(candidate, rng, trained):
    if trained:
        model = candidate.fit(build(candidate), draw_ids(rng, 32, 10), 1, int(rng.integers(10**6)))
        assert_causal(model, rng, (1, 2, 5, 9))
    else:
        assert_causal(build(candidate), rng, (7,))


@criterion(points=8, title="Every earlier token has a say", zh="前面的每个词元都有影响")
def test_sees_all(candidate, rng):
    model = loud(candidate, rng)
    ids = draw_ids(rng, 8, 10)
    found = probabilities(model, ids)
    for place in (0, 4, 8):
        changed = ids.copy()
        changed[:, place] = (ids[:, place] + rng.integers(1, 9, size=8)) % 9
        moved = np.abs(probabilities(model, changed) - found).max(axis=(0, 2))[place:]
        assert moved.min() > 1e-5, f"token {place} changes nothing in row {place + moved.argmin()}"


@criterion(points=8, title="The order of the earlier tokens matters", zh="前面词元的顺序有影响")
def test_positions(candidate, rng):
    model = loud(candidate, rng)
    for first, second in ((0, 1), (2, 7)):
        ids = draw_ids(rng, 8, 10)
        ids[:, second] = (ids[:, first] + rng.integers(1, 9, size=8)) % 9
        swapped = ids.copy()
        swapped[:, [second, first]] = ids[:, [first, second]]
        moved = np.abs(probabilities(model, swapped) - probabilities(model, ids))[:, second + 1 :].max()
        assert moved > 1e-4, f"tokens {first} and {second} may change places, and later rows stay"


@criterion(
    points=8,
    title="Rows of a batch stand alone, and nothing is drawn at random",
    zh="批次中各行互不影响，且没有随机性",
)
def test_rows_stand_alone(candidate, rng):
    model = loud(candidate, rng)
    before = parameters(model)
    for length in (3, 10):
        ids = draw_ids(rng, 5, length)
        found = probabilities(model, ids)
        assert np.ptp(found, axis=0).max() > 1e-3, "all texts have the same probabilities"
        assert_close(probabilities(model, ids), found, **CLOSE)
        for i in range(5):
            assert_close(probabilities(model, ids[i : i + 1])[0], found[i], **CLOSE)
    assert_close(parameters(model), before, rtol=0, atol=0)


# -------------------------------------------------------------------------------------------------------- its sizes


def size_of(candidate, **sizes):
    """How many numbers are trained."""
    model = build(candidate, **sizes)
    probabilities(model, np.zeros((1, 2), np.int64), sizes.get("vocab", 9))  # some models are built by their first call
    return sum(value.size for value in parameters(model, trainable=True).values())


@criterion(points=10, title="Its parameters grow with each size as they should", zh="参数量随各尺寸按应有的方式增长")
@pytest.mark.parametrize("size", ["vocab", "max_len", "d_ff", "d_model"])
def test_parameter_count(candidate, size):
    """With k blocks: V d or 2 V d for tokens, L d or nothing for positions, k 2 d_ff d, and k 4 d² for attention."""
    width, step = 16, 8
    least = size_of(candidate)
    if size == "d_model":
        # Of A d² + B d + C, doubling d leaves 2 A d² - C over twice the first; C, the other biases, is below a tenth.
        surplus = size_of(candidate, d_model=2 * width) - 2 * least
        assert surplus > 0.85 * 2 * 4 * width**2, "attention has fewer than four matrices of d_model by d_model"
        return
    before = {"vocab": 9, "max_len": 10, "d_ff": 24}[size]
    grown, rest = divmod(size_of(candidate, **{size: before + step}) - least, step)
    due = {
        "vocab": {times * width + bias for times in (1, 2) for bias in (0, 1)},
        "max_len": {0, width},
        "d_ff": {blocks * (2 * width + bias) for blocks in range(1, 9) for bias in (0, 1)},
    }[size]
    assert not rest and grown in due, f"one more of {size} brings {grown} parameters"


@criterion(points=8, title="The heads are really used", zh="确实使用了多个头", partial=False)
@pytest.mark.parametrize("heads", [2, 4])
def test_heads(candidate, rng, heads):
    """The same numbers, split into more heads, give something else."""
    one, more = build(candidate, num_heads=1), build(candidate, num_heads=heads)
    ids = draw_ids(rng, 4, 10)
    for model in (one, more):
        probabilities(model, ids)  # some models are built by their first call
    values, others = louder(one), list(parameters(more, trainable=True).values())
    if [value.size for value in values] != [value.size for value in others]:  # the heads have parameters of their own
        few, many = (sum(value.size for value in found if value.ndim > 1) for found in (values, others))
        assert few == many, f"the matrices have {many} entries with {heads} heads, {few} with one"
        return
    for model in (one, more):
        put(model, values)
    moved = np.abs(probabilities(more, ids) - probabilities(one, ids)).max()
    assert moved > 1e-3, f"with the same parameters, {heads} heads give what one gives"


# ------------------------------------------------------------------------------------------------------------ training

VOCAB, LENGTH, TEXTS, EPOCHS = 6, 12, 300, 20
SURE = 0.85  # how often a token is followed by its successor; the other tokens share the rest
CHANCES = np.array([SURE] + [(1 - SURE) / (VOCAB - 1)] * (VOCAB - 1))
ENTROPY, UNIGRAM = -(CHANCES * np.log(CHANCES)).sum(), np.log(VOCAB)  # nats a token


def corpus(rng, successors, lag, count):
    """Texts [count, LENGTH] in which the token `lag` places back tells the next: a Markov chain of that order."""
    ids = rng.integers(VOCAB, size=(count, LENGTH))
    for place in range(lag, LENGTH):
        due = successors[ids[:, place - lag]]
        other = (due + rng.integers(1, VOCAB, size=count)) % VOCAB
        ids[:, place] = np.where(rng.random(count) < SURE, due, other)
    return ids


def excess(candidate, rng, lag, epochs=EPOCHS):
    """The held-out loss: 0 at the source's entropy, 1 at that of a model which knows only how frequent tokens are.

    Of 200 texts, its standard error is below 0.02.
    """
    successors = rng.permutation(VOCAB)
    model = build(candidate, VOCAB, LENGTH, 32, 2, 64)
    model = candidate.fit(model, corpus(rng, successors, lag, TEXTS), epochs, int(rng.integers(10**6)))
    ids = corpus(rng, successors, lag, 200)
    found = probabilities(model, ids, VOCAB)[:, lag - 1 : -1]
    chosen = np.take_along_axis(found.astype(np.float64), ids[:, lag:, None], axis=-1)
    return (-np.log(chosen + 1e-12).mean() - ENTROPY) / (UNIGRAM - ENTROPY)


def assert_comes_close(candidate, rng, lag, at_most):
    def reached(epochs):
        found = excess(candidate, rng, lag, epochs)
        assert found > -0.15, "the loss is below the entropy of the source: the model sees what it predicts"
        return found

    message = "the held-out loss lies {:.0%} of the way from the source's entropy to the unigram loss"
    assert_learns(candidate, reached, EPOCHS, message, at_most=at_most)


# 50 seeds: the references reach 0.15 at most where the last token tells the next, and 0.13 where the one before does.
@criterion(points=12, title="Learns a Markov chain, close to its entropy", zh="学会马尔可夫链，接近其熵", partial=False)
def test_learns(candidate, rng):
    assert_comes_close(candidate, rng, 1, at_most=0.25)


@criterion(points=12, title="Learns from the token before the last", zh="学会依据倒数第二个词元预测", partial=False)
def test_looks_back(candidate, rng):
    """The last token says nothing here: that takes attention, and positions."""
    assert_comes_close(candidate, rng, 2, at_most=0.4)


@criterion(points=4, title="The seed decides the training, of every matrix", zh="种子决定每个矩阵的训练", partial=False)
def test_seed(candidate, rng):
    ids = draw_ids(rng, 150, 10)  # more than a batch, whatever its size
    models = [build(candidate) for _ in range(3)]
    for model in models:
        model(ids[:2])  # some models are built by their first call
    for model in models[1:]:
        copy_parameters(models[0], model)
    start, before = models[0](ids[:20]), parameters(models[0], trainable=True)
    models = [candidate.fit(model, ids, 2, seed) for model, seed in zip(models, (1, 1, 2), strict=True)]
    first, again, other = (model(ids[:20]) for model in models)
    after = parameters(models[0], trainable=True)
    idle = [n for n, value in before.items() if value.ndim > 1 and n in after and np.array_equal(after[n], value)]
    assert not idle, f"training leaves {idle[0]} as it was"
    assert np.abs(first - start).max() > 1e-3, "training has changed nothing"
    assert_close(again, first, rtol=1e-3, atol=1e-4)
    assert np.abs(other - first).max() > 1e-6, "another seed trains alike"


@criterion(points=6, title="Refuses bad arguments, and only those", zh="拒绝且只拒绝错误的参数")
@pytest.mark.parametrize("case", ["sizes", "heads", "training"])
def test_bad_arguments(candidate, rng, case):
    good = {"vocab": 3, "max_len": 4, "d_model": 6, "num_heads": 3, "d_ff": 5}
    ids = draw_ids(rng, 5, 4, vocab=3)
    if case == "sizes":
        for name in good:
            assert_raises("ValueError", candidate.build_language_model, *{**good, name: 0}.values())
        build(candidate, 2, 4, 2, 1, 1)
    elif case == "heads":
        for d_model, heads in ((6, 4), (5, 2), (2, 6)):
            sizes = {**good, "d_model": d_model, "num_heads": heads}
            assert_raises("ValueError", candidate.build_language_model, *sizes.values())
    model = build(candidate, **good)
    before = probabilities(model, ids, 3)
    if case == "training":
        assert_raises("ValueError", candidate.fit, model, ids, -1, 0)
        assert_raises("ValueError", candidate.fit, model, ids[:, :1], 1, 0)
        assert_raises("ValueError", candidate.fit, model, np.pad(ids, ((0, 0), (0, 1))), 1, 0)
        model = candidate.fit(model, ids, 0, 0)
        assert_close(probabilities(model, ids, 3), before, **CLOSE)
        after = probabilities(candidate.fit(model, ids, 1, 0), ids, 3)
        assert np.abs(after - before).max() > 1e-4, "an epoch has changed nothing"
