"""What to look for in regularisation: exact penalties, inverted dropout, where decay joins, and what it does."""

import numpy as np
import pytest

from grader.rubric import (
    assert_close,
    assert_gradients_close,
    assert_proportion,
    assert_raises,
    criterion,
    gradients,
    inputs_after,
    public,
)

FRAMEWORKS = ("torch", "tensorflow")
SHAPES = {"vector": [(7,)], "matrix": [(3, 5)], "kernel": [(2, 3, 3, 4)], "list": [(4, 3), (3,), (3, 2, 2)]}


def normal(rng, *shape):
    return rng.normal(size=shape).astype(np.float32)


def seed_of(rng):
    return int(rng.integers(2**31))


def arrays(rng, kind):
    """One array, or a list of them."""
    found = [normal(rng, *shape) for shape in SHAPES[kind]]
    return found if kind == "list" else found[0]


def summed(function, weights):
    """The sum of what the function gives of every weight, in float64."""
    listed = weights if isinstance(weights, list) else [weights]
    return sum(float(function(w.astype(np.float64)).sum()) for w in listed)


def assert_number(found, expected):
    assert_close(float(found), expected, rtol=1e-4, atol=1e-6)


# Penalties


@criterion(points=6, title="L1: the sum of absolute values", zh="L1：绝对值之和")
@pytest.mark.parametrize("kind", [pytest.param("matrix", marks=public), "vector", "kernel", "list"])
@pytest.mark.parametrize("lam", [0.01, 1.5])
def test_l1(candidate, rng, kind, lam):
    weights = arrays(rng, kind)
    assert_number(candidate.l1_penalty(weights, lam), lam * summed(np.abs, weights))
    assert_number(candidate.l1_penalty(weights, 0.0), 0.0)
    assert_number(candidate.l1_penalty([], lam), 0.0)


@criterion(points=6, title="L2: the sum of squares, not halved and without a root", zh="L2：平方和，不取一半，也不开方")
@pytest.mark.parametrize("kind", [pytest.param("matrix", marks=public), "vector", "kernel", "list"])
@pytest.mark.parametrize("lam", [0.01, 1.5])
def test_l2(candidate, rng, kind, lam):
    weights = arrays(rng, kind)
    assert_number(candidate.l2_penalty(weights, lam), lam * summed(np.square, weights))
    assert_number(candidate.l2_penalty(weights, 0.0), 0.0)
    assert_number(candidate.l2_penalty([], lam), 0.0)


@criterion(points=5, title="The penalties' gradients", zh="惩罚项的梯度", frameworks=FRAMEWORKS)
@pytest.mark.parametrize("name", ["l1_penalty", "l2_penalty"])
@pytest.mark.parametrize("kind", ["vector", "matrix"])
def test_penalty_gradients(candidate, reference, rng, name, kind):
    weights = arrays(rng, kind)
    assert_gradients_close(getattr(candidate, name), getattr(reference, name), weights, 0.7)


@criterion(points=5, title="A million weights", zh="一百万个权重", frameworks=("numpy",))
@pytest.mark.parametrize("name", ["l1_penalty", "l2_penalty"])
def test_many_weights(candidate, rng, name):
    weights = [normal(rng, 500, 1000), normal(rng, 500_000) + 3]
    expected = summed(np.abs if name == "l1_penalty" else np.square, weights)
    assert_close(float(getattr(candidate, name)(weights, 1.0)), expected, rtol=1e-4)


# Dropout


def dropped(candidate, x, rate, seed):
    """Which elements became 0; the others must be x / (1 - rate)."""
    result = candidate.dropout(x, rate, True, seed)
    assert result.shape == x.shape, f"shape {result.shape} in place of {x.shape}"
    zero = result == 0
    assert_close(result, np.where(zero, 0, x / (1 - rate)).astype(x.dtype), rtol=1e-4, atol=1e-6)
    return zero


@criterion(points=8, title="What is kept grows by 1 / (1 - rate)", zh="保留的元素放大 1 / (1 - rate) 倍")
@pytest.mark.parametrize("rate", [pytest.param(0.5, marks=public), 0.1, 0.8, 0.25])
@pytest.mark.parametrize("shape", [(60,), (8, 9), (3, 4, 5, 2)])
def test_kept(candidate, rng, rate, shape):
    dropped(candidate, normal(rng, *shape), rate, seed_of(rng))
    assert_close(candidate.dropout(np.full(400, 2.0, np.float32), rate, True, 0).max(), np.float32(2 / (1 - rate)))


@criterion(points=7, title="Elements become 0 at the rate, each on its own", zh="各元素独立地以该比率变为 0")
@pytest.mark.parametrize("rate", [0.5, 0.1, 0.8])
@pytest.mark.parametrize("shape", [(20_000,), (200, 100)])
def test_rate(candidate, rng, rate, shape):
    zero = dropped(candidate, normal(rng, *shape), rate, seed_of(rng))
    assert_proportion(zero.sum(), zero.size, rate)
    both = rate**2 + (1 - rate) ** 2
    for axis in range(zero.ndim):  # neighbours are alike as often as independent ones
        first, second = (np.take(zero, range(start, zero.shape[axis], 2), axis=axis) for start in (0, 1))
        assert_proportion((first == second).sum(), first.size, both)


@criterion(
    points=5,
    title="Off when not training; a rate of 0 keeps all, of 1 nothing",
    zh="非训练时关闭；比率 0 全保留，1 全为零",
)
@pytest.mark.parametrize("case", ["not training", "rate 0", "rate 1"])
def test_off(candidate, rng, case):
    x, seed = normal(rng, 30, 20), seed_of(rng)
    rate, training = {"not training": (0.6, False), "rate 0": (0.0, True), "rate 1": (1.0, True)}[case]
    expected = np.zeros_like(x) if case == "rate 1" else x
    assert_close(candidate.dropout(x, rate, training, seed), expected)
    assert 0 < dropped(candidate, x, 0.4, seed).sum() < x.size


@criterion(points=4, title="The seed decides what is dropped", zh="种子决定丢弃哪些元素")
@pytest.mark.parametrize("shape", [(500,), (20, 30)])
def test_seed(candidate, rng, shape):
    x, seed = normal(rng, *shape), seed_of(rng)
    zero = dropped(candidate, x, 0.5, seed)
    assert np.array_equal(dropped(candidate, x, 0.5, seed), zero), "one seed drops different elements"
    assert not np.array_equal(dropped(candidate, x, 0.5, seed + 1), zero), "two seeds drop the same elements"
    assert np.array_equal(dropped(candidate, 2 * x, 0.5, seed), zero), "what is dropped depends on the values"


@criterion(points=4, title="Dropout's gradient", zh="dropout 的梯度", frameworks=FRAMEWORKS)
@pytest.mark.parametrize("rate", [0.3, 0.7])
def test_dropout_gradient(candidate, rng, rate):
    x, cotangent, seed = normal(rng, 20, 20), normal(rng, 20, 20), seed_of(rng)
    zero = dropped(candidate, x, rate, seed)
    assert not zero.all(), "everything is dropped"
    (found,) = gradients(candidate.dropout, x, rate, True, seed, cotangent=cotangent)
    assert_close(found, np.where(zero, 0, cotangent / (1 - rate)).astype(np.float32), rtol=1e-4, atol=1e-6)


@criterion(points=4, title="float64 in, float64 out", zh="输入 float64，输出 float64", frameworks=("numpy",))
@pytest.mark.parametrize("name", ["dropout", "sgd_step", "train_linear"])
def test_float64(candidate, reference, rng, name):
    x = rng.normal(size=(12, 3))
    if name == "dropout":
        result = candidate.dropout(x, 0.5, True, 3)
        assert_close(result, np.where(result == 0, 0, 2 * x))
        assert result.any()
    elif name == "sgd_step":
        p, g = {"w": x}, {"w": rng.normal(size=(12, 3))}
        assert_close(candidate.sgd_step(p, g, 0.1, 0.2, 0.3, 0.4), reference.sgd_step(p, g, 0.1, 0.2, 0.3, 0.4))
    else:
        arguments = (x, x @ np.array([1.0, -2.0, 3.0]) + 1, 0.0, 0.1, 4, 0.05)
        assert_close(candidate.train_linear(*arguments), reference.train_linear(*arguments))


# sgd_step


def make_params(rng):
    shapes = {"w1": (4, 3), "b1": (3,), "w2": (3, 2, 2)}
    return tuple({name: normal(rng, *shape) for name, shape in shapes.items()} for _ in range(2))


def stepped(candidate, params, grads, lr, **strengths):
    new = candidate.sgd_step(params, grads, lr, **strengths)
    assert isinstance(new, dict) and new.keys() == params.keys(), "sgd_step did not return a dict of the params' names"
    return new


def assert_step(candidate, params, grads, lr, l1=0.0, l2=0.0, decoupled=0.0):
    given = {name: s for name, s in (("l1", l1), ("l2", l2), ("decoupled", decoupled)) if s}
    expected = {
        name: p - np.float32(lr) * (grads[name] + l1 * np.sign(p) + 2 * l2 * p) - np.float32(lr * decoupled) * p
        for name, p in params.items()
    }
    expected = {name: p.astype(np.float32) for name, p in expected.items()}
    assert_close(stepped(candidate, params, grads, lr, **given), expected, rtol=1e-4, atol=1e-5)


@criterion(points=5, title="A plain step goes down the gradient", zh="普通一步沿梯度下降")
@pytest.mark.parametrize("lr", [pytest.param(0.1, marks=public), 0.5, 1.0])
def test_plain_step(candidate, rng, lr):
    assert_step(candidate, *make_params(rng), lr)


@criterion(points=8, title="Coupled: the penalties' gradients join the gradient", zh="耦合：惩罚项的梯度并入梯度")
@pytest.mark.parametrize(("l1", "l2"), [pytest.param(0.3, 0.0, marks=public), (0.0, 0.3), (0.2, 0.5)])
@pytest.mark.parametrize("lr", [0.1, 0.5])
def test_coupled(candidate, rng, l1, l2, lr):
    params, grads = make_params(rng)
    params["b1"][0] = 0.0  # sign(0) is 0
    assert_step(candidate, params, grads, lr, l1=l1, l2=l2)


@criterion(
    points=8,
    title="Decoupled: weights shrink by lr * decoupled, beside the gradient",
    zh="解耦：权重另按 lr * decoupled 收缩",
)
@pytest.mark.parametrize("decoupled", [pytest.param(0.1, marks=public), 0.5])
@pytest.mark.parametrize("lr", [0.1, 0.5])
def test_decoupled(candidate, rng, decoupled, lr):
    params, grads = make_params(rng)
    assert_step(candidate, params, grads, lr, decoupled=decoupled)
    still = {name: np.zeros_like(g) for name, g in grads.items()}
    coupled = stepped(candidate, params, still, lr, l2=decoupled)
    shrunk = stepped(candidate, params, still, lr, decoupled=decoupled)
    for name, p in params.items():
        assert_close(coupled[name], p * np.float32(1 - 2 * lr * decoupled), rtol=1e-4, atol=1e-5)
        assert_close(shrunk[name], p * np.float32(1 - lr * decoupled), rtol=1e-4, atol=1e-5)


@criterion(points=6, title="All at once, from the params as they were", zh="同时使用，均以更新前的参数计算")
@pytest.mark.parametrize(("l1", "l2", "decoupled"), [(0.1, 0.2, 0.3), (0.5, 0.1, 0.2), (0.0, 0.4, 0.4)])
def test_all_at_once(candidate, rng, l1, l2, decoupled):
    assert_step(candidate, *make_params(rng), 0.5, l1=l1, l2=l2, decoupled=decoupled)


# train_linear


def problem(rng, rows, truth, noise=0.1):
    x = normal(rng, rows, len(truth))
    return x, (x @ np.asarray(truth) + noise * rng.normal(size=rows)).astype(np.float32)


@criterion(points=6, title="Without penalties: least squares", zh="无惩罚项：最小二乘")
@pytest.mark.parametrize("truth", [[1.0, -2.0], [0.5, 0.0, 3.0, -1.0]])
def test_least_squares(candidate, rng, truth):
    x, y = problem(rng, 80, truth)
    expected = np.linalg.lstsq(x.astype(np.float64), y.astype(np.float64), rcond=None)[0].astype(np.float32)
    assert_close(candidate.train_linear(x, y, 0.0, 0.0, 200, 0.1), expected, rtol=1e-3, atol=1e-4)


@criterion(points=7, title="Each step is one of gradient descent from 0", zh="每一步都是从 0 开始的梯度下降")
@pytest.mark.parametrize("steps", [pytest.param(1, marks=public), 2, 5, 12])
@pytest.mark.parametrize(("l1", "l2"), [(0.0, 0.0), (0.05, 0.0), (0.0, 0.3), (0.02, 0.1)])
def test_steps(candidate, reference, rng, steps, l1, l2):
    x, y = problem(rng, 40, [2.0, -1.5, 1.0])
    found = candidate.train_linear(x, y, l1, l2, steps, 0.05)
    assert found.shape == (3,), f"shape {found.shape} in place of (3,)"
    assert_close(found, reference.train_linear(x, y, l1, l2, steps, 0.05), rtol=1e-4, atol=1e-5)
    assert_close(candidate.train_linear(x, y, l1, l2, 0, 0.05), np.zeros(3, np.float32))


@criterion(points=6, title="L1 finds a sparse truth", zh="L1 找出稀疏的真值")
def test_sparse(candidate, rng):
    truth, kept = np.zeros(20), 3
    places = rng.choice(20, kept, replace=False)
    truth[places] = rng.choice([-1, 1], kept) * rng.uniform(1.5, 3, kept)
    x, y = problem(rng, 40, truth, noise=0.5)
    found = candidate.train_linear(x, y, 0.8, 0.0, 500, 0.02)
    least = candidate.train_linear(x, y, 0.0, 0.0, 500, 0.02)
    others = np.setdiff1d(np.arange(20), places)
    # over 300 such problems right answers have 0.29 at most with L1, 0.66 at least without, and kept weights of 0.64
    rest, without = np.abs(found[others]).sum(), np.abs(least[others]).sum()
    assert rest < 0.45, f"the weights that are 0 in truth have a sum of {rest:.3g}"
    assert (np.sign(truth[places]) * found[places]).min() > 0.3, "a weight that counts is lost"
    assert without > 0.5, f"without L1 the other weights have a sum of {without:.3g} only"


@criterion(points=5, title="L2 shrinks to the ridge solution", zh="L2 收缩到岭回归的解")
@pytest.mark.parametrize("l2", [0.1, 1.0])
def test_ridge(candidate, rng, l2):
    x, y = problem(rng, 50, [2.0, -1.0, 0.5])
    wide = x.astype(np.float64)
    expected = np.linalg.solve(wide.T @ wide / 50 + l2 * np.eye(3), wide.T @ y / 50).astype(np.float32)
    assert_close(candidate.train_linear(x, y, 0.0, l2, 200, 0.1), expected, rtol=1e-3, atol=1e-4)


# All


@criterion(points=4, title="Arguments are left as they were, and bad ones refused", zh="不改动参数，并拒绝错误的参数")
@pytest.mark.parametrize("name", ["l1_penalty", "l2_penalty", "dropout", "sgd_step", "train_linear"])
def test_arguments(candidate, rng, name):
    weights = normal(rng, 4, 3)
    if name in ("l1_penalty", "l2_penalty"):
        result, after = inputs_after(getattr(candidate, name), weights, 0.5)
        assert_number(result, 0.5 * summed(np.abs if name == "l1_penalty" else np.square, weights))
        assert_close(after[0], weights, rtol=0, atol=0)
        assert_raises("ValueError", getattr(candidate, name), weights, -0.1)
    elif name == "dropout":
        result, after = inputs_after(candidate.dropout, weights, 0.5, True, 1)
        assert_close(after[0], weights, rtol=0, atol=0)
        assert_close(result, np.where(result == 0, 0, 2 * weights).astype(np.float32))
        for rate in (-0.1, 1.1):
            assert_raises("ValueError", candidate.dropout, weights, rate, True, 1)
            assert_raises("ValueError", candidate.dropout, weights, rate, False, 1)
        assert dropped(candidate, normal(rng, 500), 0.5, 1).any()
    elif name == "sgd_step":
        params, grads = make_params(rng)
        result, after = inputs_after(candidate.sgd_step, params, grads, 0.5, 0.1, 0.1, 0.1)
        assert_close(after[0], params, rtol=0, atol=0)
        assert_close(after[1], grads, rtol=0, atol=0)
        for bad in ({"lr": -0.1}, {"l1": -0.1}, {"l2": -0.1}, {"decoupled": -0.1}):
            assert_raises("ValueError", candidate.sgd_step, params, grads, **({"lr": 0.1} | bad))
        for other in (normal(rng, 4), grads["b1"][None]):  # the second would broadcast
            assert_raises("ValueError", candidate.sgd_step, params, {**grads, "b1": other}, 0.1)
        assert_raises("ValueError", candidate.sgd_step, params, {n: g for n, g in grads.items() if n != "w2"}, 0.1)
        assert_raises("ValueError", candidate.sgd_step, {n: p for n, p in params.items() if n != "w2"}, grads, 0.1)
        assert_step(candidate, params, grads, 0.0)
    else:
        x, y = problem(rng, 20, [1.0, 2.0])
        result, after = inputs_after(candidate.train_linear, x, y, 0.0, 0.0, 60, 0.1)
        assert_close(after[:2], [x, y], rtol=0, atol=0)
        assert np.abs(result - [1, 2]).max() < 0.5, "two weights of 1 and 2 were not found"
        assert_close(candidate.train_linear(x[:1], y[:1], 0.0, 0.0, 1, 0.1), 0.2 * y[0] * x[0], rtol=1e-5)
        for other in (y[:-1], y[:1]):  # likewise
            assert_raises("ValueError", candidate.train_linear, x, other, 0.0, 0.0, 5, 0.1)
        for bad in ((-0.1, 0.0, 5, 0.1), (0.0, -0.1, 5, 0.1), (0.0, 0.0, -1, 0.1), (0.0, 0.0, 5, -0.1)):
            assert_raises("ValueError", candidate.train_linear, x, y, *bad)
