"""What to look for in transfer learning: a base that is used, that is frozen to the bit or really trained, and what it
is worth with few examples.

Observations are a fixed, tangled function of three hidden quantities. The base has learnt to untangle them; thirty
examples are far too few for that. Its first layer has fewer units than inputs: along the other directions it is blind,
and so must be what is built on it, as long as it is frozen.
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
    supply,
)

HIDDEN, INPUTS, FEATURES = 3, 32, 12
CLASSES, EACH = 3, 10
EPOCHS, SOME = 200, 50  # until it has learnt; until it has changed
_FIXED = np.random.default_rng(9)
TANGLE, PHASE = 4.5 * _FIXED.normal(size=(HIDDEN, INPUTS)), _FIXED.uniform(0, 2 * np.pi, INPUTS)


def observe(rng, hidden):
    """hidden [N, 3] in -1 … 1 -> what is seen of it, x [N, 32], with noise."""
    x = np.sin(hidden @ TANGLE + PHASE) + 0.05 * rng.normal(size=(len(hidden), INPUTS))
    return x.astype(np.float32)


def new_task(rng):
    """A direction of the hidden quantities: the classes are three bands along it, with gaps between."""
    direction = rng.normal(size=HIDDEN)
    return direction / np.linalg.norm(direction)


def draw(rng, task, each):
    """(x, labels) of `each` examples a class."""
    hidden = rng.uniform(-1, 1, (200 * each, HIDDEN))
    rank = (hidden @ task).argsort().argsort()
    band = rank * (2 * CLASSES - 1) // len(hidden)
    rows = np.concatenate([np.flatnonzero(band == 2 * label)[:each] for label in range(CLASSES)])
    rows = rng.permutation(rows)
    return observe(rng, hidden[rows]), (band[rows] // 2).astype(np.int64)


def base_of(candidate, framework):
    return supply(candidate, f"base_{framework}.build")


def other_base(candidate, framework, inputs, features):
    return supply(candidate, f"base_{framework}.build_untrained", inputs, features)


def probabilities(candidate, model, x, classes=CLASSES):
    found = candidate.predict(model, x)
    assert found.shape == (len(x), classes), f"probabilities of shape {found.shape}"
    assert np.all(found >= 0), "a probability is negative or not a number"
    assert_close(found.sum(axis=-1), np.ones(len(x), np.float32), rtol=1e-4)
    return found


def learner(candidate, rng, base, freeze, task, epochs=SOME):
    model = candidate.build(base, FEATURES, CLASSES, freeze)
    return candidate.train(model, *draw(rng, task, EACH), epochs, int(rng.integers(10**6)))


def blind_spots(base, rng, count):
    """Large changes [count, 32] of an input that the base's first layer does not see."""
    weight = next(value for value in parameters(base).values() if value.ndim == 2 and INPUTS in value.shape)
    left, size, _ = np.linalg.svd(weight if weight.shape[0] == INPUTS else weight.T)
    unseen = left[:, len(size) :]
    return (30 * rng.normal(size=(count, unseen.shape[1])) @ unseen.T).astype(np.float32)


# ------------------------------------------------------------------------------------------------------- probabilities


@criterion(points=13, title="Gives probabilities, on any base", zh="对任何基座都给出概率")
@pytest.mark.parametrize(
    ("inputs", "features", "classes"), [pytest.param(6, 4, 2, marks=public), (32, 12, 5), (3, 7, 1)]
)
@pytest.mark.parametrize("freeze", [True, False], ids=["frozen", "unfrozen"])
def test_probabilities(candidate, framework, rng, inputs, features, classes, freeze):
    base = other_base(candidate, framework, inputs, features)
    model = candidate.build(base, features, classes, freeze)
    found = probabilities(candidate, model, rng.normal(size=(5, inputs)).astype(np.float32), classes)
    assert classes == 1 or np.ptp(found, axis=0).max() > 1e-4, "all inputs have the same probabilities"


@criterion(points=6, title="An input stands alone", zh="每个输入独立判定")
@pytest.mark.parametrize("freeze", [True, False], ids=["frozen", "unfrozen"])
def test_stands_alone(candidate, framework, rng, freeze):
    task = new_task(rng)
    model = learner(candidate, rng, base_of(candidate, framework), freeze, task, epochs=3)
    x, _ = draw(rng, task, 3)
    before = parameters(model)
    found = probabilities(candidate, model, x)
    assert np.ptp(found, axis=0).max() > 1e-2, "all inputs have the same probabilities"
    for i in range(len(x)):
        assert_close(probabilities(candidate, model, x[i : i + 1])[0], found[i], rtol=1e-3, atol=1e-5)
    assert_close(parameters(model), before, rtol=0, atol=0)


# -------------------------------------------------------------------------------------------------------- frozen or not


def has(arrays, wanted):
    return any(array.shape == wanted.shape and np.array_equal(array, wanted) for array in arrays)


@criterion(points=16, title="Frozen: not one bit of the base changes", zh="冻结：基座一个比特也不变", partial=False)
def test_frozen_to_the_bit(candidate, framework, rng):
    base = base_of(candidate, framework)
    before = parameters(base)
    task = new_task(rng)
    model = learner(candidate, rng, base, True, task)
    x, _ = draw(rng, task, 4)
    assert np.ptp(probabilities(candidate, model, x), axis=0).max() > 0.1, "nothing has been learnt"
    after = parameters(base)
    for name, value in before.items():
        assert np.array_equal(after[name], value), f"training has changed {name} of the base that was given"
    own = list(parameters(model).values())
    for name, value in before.items():
        alike = [array for array in own if array.shape == value.shape]
        assert not alike or has(alike, value), f"the model's own {name} is not the base's"


@criterion(points=12, title="Frozen: the model sees through the base alone", zh="冻结：模型只通过基座看输入")
def test_frozen_is_blind(candidate, framework, rng):
    base = base_of(candidate, framework)
    changes = blind_spots(base, rng, 12)
    task = new_task(rng)
    model = learner(candidate, rng, base, True, task)
    x, _ = draw(rng, task, 4)
    found = probabilities(candidate, model, x)
    assert np.ptp(found, axis=0).max() > 0.1, "nothing has been learnt"
    assert_close(probabilities(candidate, model, x + changes), found, rtol=1e-2, atol=1e-3)


@criterion(points=10, title="Frozen, only the head trains; unfrozen, everything", zh="冻结时只训练头部，否则训练全部")
@pytest.mark.parametrize("freeze", [True, False], ids=["frozen", "unfrozen"])
def test_what_trains(candidate, framework, rng, freeze):
    base = base_of(candidate, framework)
    given = list(parameters(base).values())
    model = candidate.build(base, FEATURES, CLASSES, *([] if freeze else [False]))  # frozen is the default
    probabilities(candidate, model, draw(rng, new_task(rng), 1)[0])  # some models are built by their first call
    found = list(parameters(model, trainable=True).values())
    count, size = sum(value.size for value in found), sum(value.size for value in given)
    if freeze:
        assert count >= FEATURES * CLASSES, f"{count} parameters are trained: fewer than a linear head has"
        assert count < size, f"{count} parameters are trained, and the base has {size}"
        assert not any(has(found, value) for value in given), "the base is among what is trained"
    else:
        assert all(has(found, value) for value in given), "not all of the base is trained, from its own values"
        assert count >= size + FEATURES * CLASSES, f"{count} parameters are trained, and base and head have more"


@criterion(points=12, title="Unfrozen: the base learns too", zh="不冻结：基座也参加学习")
def test_unfrozen(candidate, framework, rng):
    base = base_of(candidate, framework)
    before = parameters(base)
    changes = blind_spots(base, rng, 12)
    task = new_task(rng)
    model = learner(candidate, rng, base, False, task)
    x, _ = draw(rng, task, 4)
    found = probabilities(candidate, model, x)
    own = list(parameters(model, trainable=True).values())
    still = [name for name, value in before.items() if has(own, value)]
    assert not still, f"training has not changed {still[0]}" if still else ""
    moved = np.abs(probabilities(candidate, model, x + changes) - found).max()
    assert moved > 1e-3, "the model is as blind as the base was: its first layer has learnt nothing"


# ------------------------------------------------------------------------------------------------------------ training


def accuracy(candidate, rng, base, freeze=True, epochs=EPOCHS):
    """The share of new examples that is classified right, after training on ten a class: the mean over three tasks."""
    found = []
    for _ in range(3):
        task = new_task(rng)
        model = learner(candidate, rng, base, freeze, task, epochs)
        x, labels = draw(rng, task, 100)
        found.append(np.mean(probabilities(candidate, model, x).argmax(axis=1) == labels))
    return np.mean(found)


# See benchmarks/README.md: what the references reach, and the same network trained from scratch.
@criterion(points=20, title="Learns from ten examples a class", zh="每类十个样本就能学会", partial=False)
def test_learns(candidate, framework, rng):
    def reached(epochs):
        return accuracy(candidate, rng, base_of(candidate, framework), epochs=epochs)

    assert_learns(candidate, reached, EPOCHS, "{:.0%} of new examples are classified right", at_least=0.78)


@criterion(points=5, title="The seed decides the training", zh="种子决定训练过程", partial=False)
def test_seed(candidate, framework, rng):
    x, labels = draw(rng, new_task(rng), 50)  # more than a batch, whatever its size
    models = [candidate.build(base_of(candidate, framework), FEATURES, CLASSES, True) for _ in range(3)]
    for model in models:
        candidate.predict(model, x[:2])  # some models are built by their first call
    for model in models[1:]:
        copy_parameters(models[0], model)
    start = candidate.predict(models[0], x)
    first, again, other = (
        candidate.predict(candidate.train(model, x, labels, 2, seed), x)
        for model, seed in zip(models, (1, 1, 2), strict=True)
    )
    assert np.abs(first - start).max() > 1e-3, "training has changed nothing"
    assert_close(again, first, rtol=1e-3, atol=1e-4)
    assert np.abs(other - first).max() > 1e-6, "another seed trains alike"


@criterion(points=6, title="Refuses bad arguments, and only those", zh="拒绝且只拒绝错误的参数")
@pytest.mark.parametrize("case", ["sizes", "training"])
def test_bad_arguments(candidate, framework, rng, case):
    base = base_of(candidate, framework)
    x, labels = draw(rng, new_task(rng), 4)
    if case == "sizes":
        for sizes in ((0, 3), (12, 0), (12, -1), (-1, 3)):
            assert_raises("ValueError", candidate.build, base, *sizes)
    model = candidate.build(base, FEATURES, CLASSES)
    before = probabilities(candidate, model, x)
    if case == "training":
        assert_raises("ValueError", candidate.train, model, x, labels, -1, 0)
        assert_raises("ValueError", candidate.train, model, x, labels[:-1], 1, 0)
        model = candidate.train(model, x, labels, 0, 0)
        assert_close(probabilities(candidate, model, x), before, rtol=1e-3, atol=1e-5)
        after = probabilities(candidate, candidate.train(model, x, labels, 1, 0), x)
        assert np.abs(after - before).max() > 1e-4, "an epoch has changed nothing"
