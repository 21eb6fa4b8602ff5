"""What to look for in low-rank adaptation.

The model lives behind the wall. The rubric calls it, reads its parameters before and after, and takes its word for
nothing: what training is worth shows in what the model then does with inputs that it has not seen.
"""

import numpy as np
import pytest

from grader.rubric import assert_close, assert_learns, assert_raises, criterion, parameters, public, set_mode, supply

INPUTS, OUTPUTS = 8, 6
ORIGIN = np.zeros((1, INPUTS), np.float32)  # where a model gives its base's bias, whatever it has learned


def task(rng, rank, rows=200):
    """(weight, bias, x, y): a base layer, and data of that layer with an update of the given rank."""
    weight, bias = rng.normal(size=(INPUTS, OUTPUTS)), rng.normal(size=OUTPUTS)
    update = rng.normal(size=(INPUTS, rank)) @ rng.normal(size=(rank, OUTPUTS)) / np.sqrt(rank)
    x = rng.normal(size=(rows, INPUTS))
    return tuple(array.astype(np.float32) for array in (weight, bias, x, x @ (weight + update) + bias))


# `supply` runs a function of support/ in the answer's process: the base layer is a real layer of its framework.
def build(candidate, framework, weight, bias, rank=2, dropout=0.0, seed=0):
    """(base, model)"""
    base = supply(candidate, f"{framework}_base.build", weight, bias)
    return base, candidate.LoraLinear(base, rank, dropout, seed)


# A model's mode is set from here. An object of a numpy answer has none, and takes it as an argument.
def in_training(model, x, framework):
    if framework == "numpy":
        return model(x, training=True)
    set_mode(model, training=True)
    result = model(x)
    set_mode(model, training=False)
    return result


# The case that is marked public may be tried by candidates, and is shown to them in full. All others are hidden.
@criterion(points=15, title="An untrained model is its base", zh="未训练的模型等同于基础层")
@pytest.mark.parametrize("rank", [pytest.param(1, marks=public), 3])
def test_starts_as_base(candidate, framework, rng, rank):
    weight, bias, x, _ = task(rng, rank)
    _, model = build(candidate, framework, weight, bias, rank, dropout=0.5)
    assert_close(model(x), x @ weight + bias, rtol=1e-4, atol=1e-4)
    assert_close(in_training(model, x, framework), x @ weight + bias, rtol=1e-4, atol=1e-4)


# A trained model: the metric is computed here, on rows that were held back. The bar lies far above what the references
# reach (1e-5, in the worst of 300 runs), and below what a model that trains one factor alone does: measure both. Where
# it is missed, assert_learns trains anew with less, and the report draws the curve.
@criterion(points=30, title="Training learns an update of the rank", zh="训练学会给定秩的更新")
@pytest.mark.parametrize("rank", [1, 2])
def test_learns(candidate, framework, rng, rank):
    weight, bias, x, y = task(rng, rank)

    def left(steps):
        _, model = build(candidate, framework, weight, bias, rank)
        candidate.train(model, x[:150], y[:150], steps)
        return np.mean(np.square(model(x[150:]) - y[150:])) / np.mean(np.square(x @ weight + bias - y))

    message = "of the base's squared error on held-out rows, {:.0%} are left"
    assert_learns(candidate, left, 400, message, at_most=0.02, unit="steps")


# What a layer does to unit vectors tells its weight, whatever it calls its parameters.
@criterion(points=15, title="The update has the rank, and no more", zh="更新的秩恰为给定的秩")
@pytest.mark.parametrize("rank", [1, 2])
def test_rank(candidate, framework, rng, rank):
    weight, bias, x, y = task(rng, rank + 2)  # training would like two ranks more
    _, model = build(candidate, framework, weight, bias, rank)
    candidate.train(model, x, y, 60)
    update = model(np.eye(INPUTS, dtype=np.float32)) - model(ORIGIN) - weight
    values = np.linalg.svd(update.astype(np.float64), compute_uv=False)
    assert values[rank - 1] > 1e-2, f"the update has a rank below {rank}"
    assert values[rank] < 1e-3 * values[0], f"the update has a rank above {rank}"


# Parameters by name, to the bit. Ask for a change as well, or a model that never trains would pass; and for one output
# that is known, or a model that gives zeros would.
@criterion(points=10, title="Training leaves the base as it was", zh="训练不改动基础层", partial=False)
def test_base_stays(candidate, framework, rng):
    weight, bias, x, y = task(rng, 2)
    base, model = build(candidate, framework, weight, bias)
    before = parameters(base)
    candidate.train(model, x, y, 1)
    for name, value in parameters(base).items():
        assert np.array_equal(value, before[name]), f"training has changed the base's {name}"
    assert np.abs(model(x) - (x @ weight + bias)).max() > 1e-3, "training has changed nothing"
    assert_close(model(ORIGIN), bias[None], rtol=1e-4, atol=1e-5)


# A module tells what trains and what is frozen. An array of numpy's does not: `frameworks` restricts a criterion, and
# another one must make up for its points elsewhere.
@criterion(points=10, title="Only the two factors train", zh="只有两个因子可训练", frameworks=("torch", "tensorflow"))
@pytest.mark.parametrize("rank", [1, 4])
def test_trainable(candidate, framework, rng, rank):
    weight, bias, *_ = task(rng, 1)
    _, model = build(candidate, framework, weight, bias, rank)
    assert_close(model(ORIGIN), bias[None], rtol=1e-4, atol=1e-5)
    count = sum(value.size for value in parameters(model, trainable=True).values())
    assert count == rank * (INPUTS + OUTPUTS), f"{count} numbers train in place of {rank * (INPUTS + OUTPUTS)}"


@criterion(points=10, title="Any leading dimensions are taken", zh="接受任意前导维度", frameworks=("numpy",))
@pytest.mark.parametrize("shape", [(), (3, 5)])
def test_leading_dimensions(candidate, framework, rng, shape):
    weight, bias, x, y = task(rng, 2)
    _, model = build(candidate, framework, weight, bias)
    candidate.train(model, x, y, 20)
    rows = x[: int(np.prod(shape))]
    assert_close(model(rows.reshape(*shape, INPUTS)), model(rows).reshape(*shape, OUTPUTS), rtol=1e-4, atol=1e-5)
    assert np.abs(model(rows) - (rows @ weight + bias)).max() > 0.05, "training has changed nothing"
    assert_close(model(ORIGIN[0]), bias, rtol=1e-4, atol=1e-5)


# Modes. In training mode the output is random, with the output of eval mode as its mean: one row, many times over.
@criterion(
    points=10, title="Dropout acts in training mode alone, and keeps the mean", zh="dropout 只在训练模式生效且保持均值"
)
@pytest.mark.parametrize("dropout", [0.25, 0.5])
def test_modes(candidate, framework, rng, dropout):
    weight, bias, x, y = task(rng, 2)
    _, model = build(candidate, framework, weight, bias, dropout=dropout)
    candidate.train(model, x, y, 60)
    _, plain = build(candidate, framework, weight, bias)
    candidate.train(plain, x, y, 60)
    assert np.abs(model(x) - plain(x)).max() > 1e-3, "training does not drop anything"
    rows = np.repeat(x[:1], 8000, axis=0)
    expected = model(rows[:2])
    assert_close(model(rows[:2]), expected, rtol=1e-6, atol=1e-6)
    drawn = in_training(model, rows, framework)
    spread = drawn.std(axis=0)
    assert spread.max() > 1e-3, "the output does not vary in training mode"
    room = 7 * spread / np.sqrt(len(rows)) + 1e-4  # seven standard errors: far beyond any right answer's bad luck
    assert (np.abs(drawn.mean(axis=0) - expected[0]) < room).all(), (
        "the mean in training mode is not eval mode's output"
    )


@criterion(points=5, title="The seed decides where training starts", zh="种子决定训练的起点", partial=False)
def test_seed(candidate, framework, rng):
    weight, bias, x, y = task(rng, 2)

    def trained(seed):
        _, model = build(candidate, framework, weight, bias, seed=seed)
        candidate.train(model, x, y, 3)
        return model(x)

    first = trained(1)
    assert_close(trained(1), first, rtol=1e-4, atol=1e-5)
    assert np.abs(trained(2) - first).max() > 1e-3, "another seed trains alike"


# Bad arguments must raise, and good ones must not: an answer that always raises earns nothing here.
@criterion(points=5, title="Refuses bad arguments, and only those", zh="拒绝且只拒绝错误的参数")
@pytest.mark.parametrize("bad", ["rank 0", "rank above", "dropout 1", "dropout below", "steps"])
def test_bad_arguments(candidate, framework, rng, bad):
    weight, bias, x, y = task(rng, 1)
    base, model = build(candidate, framework, weight, bias, rank=OUTPUTS)
    match bad:
        case "rank 0":
            assert_raises("ValueError", candidate.LoraLinear, base, 0, 0.0, 0)
        case "rank above":
            assert_raises("ValueError", candidate.LoraLinear, base, OUTPUTS + 1, 0.0, 0)
            turned = supply(candidate, f"{framework}_base.build", weight.T, weight[:, 0])
            assert_raises("ValueError", candidate.LoraLinear, turned, OUTPUTS + 1, 0.0, 0)
        case "dropout 1":
            assert_raises("ValueError", candidate.LoraLinear, base, 1, 1.0, 0)
        case "dropout below":
            assert_raises("ValueError", candidate.LoraLinear, base, 1, -0.1, 0)
        case "steps":
            assert_raises("ValueError", candidate.train, model, x, y, -1)
    candidate.train(model, x, y, 0)
    assert_close(model(x), x @ weight + bias, rtol=1e-4, atol=1e-4)
