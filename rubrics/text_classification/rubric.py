"""What to look for in a text classifier: probabilities that padding does not move, and what it has learnt.

It is judged by what it gives for texts that it has not seen. In one task a token tells the class; in one only the order
of two neighbours does, so that a bag of words is left to guess; in one a class is rare.
"""

import functools

import numpy as np
import pytest

from grader.rubric import assert_close, assert_learns, assert_raises, copy_parameters, criterion, parameters, public

LENGTH, MAX_LEN, FILLERS, EPOCHS = 10, 14, 8, 15
TELLING = 5  # ids 1 to 4 tell the class, those from 5 on say nothing, and 0 is padding
VOCABULARY = TELLING + FILLERS

# A batch and its rows one by one, in float32: right answers differ by less than a tenth of it.
CLOSE = {"rtol": 1e-3, "atol": 1e-5}

# ----------------------------------------------------------------------------------------------------------- the tasks


def blank_texts(rng, count):
    """(ids, lengths) of texts of 5 to 10 tokens that say nothing."""
    lengths = rng.integers(LENGTH // 2, LENGTH + 1, size=count)
    ids = rng.integers(TELLING, VOCABULARY, size=(count, LENGTH))
    ids[np.arange(LENGTH) >= lengths[:, None]] = 0
    return ids, lengths


def told_by_a_token(rng, count):
    """Four classes: one of the tokens 1 to 4 stands somewhere, and tells which."""
    ids, lengths = blank_texts(rng, count)
    labels = rng.permutation(np.arange(count) % 4)
    ids[np.arange(count), (rng.random(count) * lengths).astype(int)] = 1 + labels
    return ids, labels


def told_by_order(rng, count):
    """Two classes: somewhere the tokens 1 and 2 stand side by side, in class 0 as 1 2, in class 1 as 2 1."""
    ids, lengths = blank_texts(rng, count)
    labels = rng.permutation(np.arange(count) % 2)
    rows, where = np.arange(count), (rng.random(count) * (lengths - 1)).astype(int)
    ids[rows, where], ids[rows, where + 1] = 1 + labels, 2 - labels
    return ids, labels


def one_is_rare(rng, count):
    """Two classes: one text in ten has the token 3 or 4 in it, and is of class 1."""
    ids, lengths = blank_texts(rng, count)
    labels = rng.permutation(np.arange(count) % 10 == 0).astype(np.int64)
    where = (rng.random(count) * lengths).astype(int)
    rare = np.flatnonzero(labels)
    ids[rare, where[rare]] = rng.integers(3, 5, size=len(rare))
    return ids, labels


def probabilities(candidate, model, ids, classes):
    found = candidate.predict(model, ids)
    assert found.shape == (len(ids), classes), f"probabilities of shape {found.shape}"
    assert np.all(found >= 0), "a probability is negative or not a number"
    assert_close(found.sum(axis=-1), np.ones(len(ids), np.float32), rtol=1e-4)
    return found


def learner(candidate, rng, task, classes, epochs=EPOCHS):
    """A model after training on 400 texts."""
    model = candidate.build_classifier(VOCABULARY, MAX_LEN, classes)
    return candidate.train(model, *task(rng, 400), epochs, int(rng.integers(10**6)))


def recalls(candidate, rng, task, classes, epochs=EPOCHS):
    """The share of each class's new texts that is classified right, after training."""
    model = learner(candidate, rng, task, classes, epochs)
    ids, labels = task(rng, 600)
    right = probabilities(candidate, model, ids, classes).argmax(axis=1) == labels
    return np.array([right[labels == label].mean() for label in range(classes)])


# ------------------------------------------------------------------------------------------------------- probabilities


@criterion(points=12, title="predict gives probabilities", zh="predict 给出概率")
@pytest.mark.parametrize(
    ("count", "classes", "vocabulary"),
    [pytest.param(3, 2, VOCABULARY, marks=public), (5, 4, 100), (1, 3, VOCABULARY)],
)
def test_probabilities(candidate, rng, count, classes, vocabulary):
    model = candidate.build_classifier(vocabulary, MAX_LEN, classes)
    ids, _ = told_by_a_token(rng, count)
    found = probabilities(candidate, model, ids, classes)
    other = probabilities(candidate, model, np.where(ids == 0, 0, vocabulary - ids), classes)
    assert np.abs(found - other).max() > 1e-5, "other texts have the same probabilities"


@criterion(
    points=14,
    title="Padding and the rest of the batch change no probability",
    zh="填充与批次中的其他行不改变概率",
)
def test_padding(candidate, rng):
    model = learner(candidate, rng, told_by_a_token, 4, epochs=4)
    ids, _ = told_by_a_token(rng, 8)
    ids[0, 3:] = 0
    found = probabilities(candidate, model, ids, 4)
    assert np.ptp(found, axis=0).max() > 0.05, "all texts have the same probabilities"
    padded = np.pad(ids, ((0, 0), (0, MAX_LEN - LENGTH)))
    assert_close(probabilities(candidate, model, padded, 4), found, **CLOSE)
    assert_close(probabilities(candidate, model, ids[:1, :3], 4)[0], found[0], **CLOSE)
    for i in range(len(ids)):
        assert_close(probabilities(candidate, model, ids[i : i + 1], 4)[0], found[i], **CLOSE)


@criterion(
    points=6,
    title="Prediction leaves the model as it is, and draws nothing at random",
    zh="预测不改动模型，也没有随机性",
)
def test_prediction_is_pure(candidate, rng):
    model = learner(candidate, rng, told_by_a_token, 4, epochs=1)
    ids, _ = told_by_a_token(rng, 50)
    found = probabilities(candidate, model, ids, 4)
    before = parameters(model)
    assert np.ptp(found, axis=0).max() > 1e-3, "all texts have the same probabilities"
    assert_close(probabilities(candidate, model, ids, 4), found, **CLOSE)
    assert_close(parameters(model), before, rtol=0, atol=0)


@criterion(points=6, title="A text may have max_len tokens", zh="文本可有 max_len 个词元")
@pytest.mark.parametrize("max_len", [1, 9])
def test_longest(candidate, rng, max_len):
    model = candidate.build_classifier(VOCABULARY, max_len, 3)
    ids = rng.integers(1, VOCABULARY, size=(4, max_len))
    model = candidate.train(model, ids, np.array([0, 1, 2, 0]), 2, 0)
    found = probabilities(candidate, model, ids, 3)
    assert np.ptp(found, axis=0).max() > 1e-4, "all texts have the same probabilities"


# ------------------------------------------------------------------------------------------------------------ training


# See benchmarks/README.md for what the references reach in each of the three tasks.
@criterion(points=16, title="Learns which token tells the class", zh="学会由哪个词元决定类别", partial=False)
def test_learns_a_token(candidate, rng):
    def accuracy(epochs):
        return recalls(candidate, rng, told_by_a_token, 4, epochs).mean()

    assert_learns(candidate, accuracy, EPOCHS, "{:.0%} of new texts are classified right", at_least=0.85)


@criterion(points=20, title="Learns that order tells the class", zh="学会由先后次序决定类别", partial=False)
def test_learns_order(candidate, rng):
    def accuracy(epochs):
        return recalls(candidate, rng, told_by_order, 2, epochs).mean()

    message = "{:.0%} of new texts are classified right, where a bag of words gets half"
    assert_learns(candidate, accuracy, EPOCHS, message, at_least=0.8)


@criterion(points=14, title="Finds the texts of a rare class", zh="能找出稀有类别的文本", partial=False)
def test_learns_a_rare_class(candidate, rng):
    @functools.cache
    def both(epochs):
        return recalls(candidate, rng, one_is_rare, 2, epochs)

    rare, common = (lambda epochs, i=i: both(epochs)[i] for i in (1, 0))
    assert_learns(candidate, rare, EPOCHS, "{:.0%} of the rare class's texts are found", at_least=0.7)
    message = "{:.0%} of the common class's texts are classified right"
    assert_learns(candidate, common, EPOCHS, message, at_least=0.85)


@criterion(points=5, title="The seed decides the training", zh="种子决定训练过程", partial=False)
def test_seed(candidate, rng):
    ids, labels = told_by_a_token(rng, 150)  # more than a batch, whatever its size
    models = [candidate.build_classifier(VOCABULARY, MAX_LEN, 4) for _ in range(3)]
    for model in models:
        candidate.predict(model, ids[:2])  # some models are built by their first call
    for model in models[1:]:
        copy_parameters(models[0], model)
    start = candidate.predict(models[0], ids[:20])
    first, again, other = (
        candidate.predict(candidate.train(model, ids, labels, 2, seed), ids[:20])
        for model, seed in zip(models, (1, 1, 2), strict=True)
    )
    assert np.abs(first - start).max() > 1e-3, "training has changed nothing"
    assert_close(again, first, rtol=1e-3, atol=1e-4)
    assert np.abs(other - first).max() > 1e-6, "another seed trains alike"


@criterion(points=7, title="Refuses bad arguments, and only those", zh="拒绝且只拒绝错误的参数")
@pytest.mark.parametrize("case", ["sizes", "length", "training"])
def test_bad_arguments(candidate, rng, case):
    ids, labels = told_by_a_token(rng, 12)
    model = candidate.build_classifier(VOCABULARY, LENGTH, 4)
    before = probabilities(candidate, model, ids, 4)
    if case == "sizes":
        for sizes in ((0, 4, 2), (4, 0, 2), (4, 4, 0), (4, -1, 2)):
            assert_raises("ValueError", candidate.build_classifier, *sizes)
        probabilities(candidate, candidate.build_classifier(2, 4, 1), np.ones((2, 4), np.int64), 1)
    elif case == "length":
        longer = np.ones((12, LENGTH + 1), np.int64)
        assert_raises("ValueError", candidate.predict, model, longer)
        assert_raises("ValueError", candidate.train, model, longer, labels, 1, 0)
        probabilities(candidate, model, longer[:, :-1], 4)
    else:
        assert_raises("ValueError", candidate.train, model, ids, labels, -1, 0)
        assert_raises("ValueError", candidate.train, model, ids, labels[:-1], 1, 0)
        model = candidate.train(model, ids, labels, 0, 0)
        assert_close(probabilities(candidate, model, ids, 4), before, **CLOSE)
        after = probabilities(candidate, candidate.train(model, ids, labels, 1, 0), ids, 4)
        assert np.abs(after - before).max() > 1e-4, "an epoch has changed nothing"
