# MARKER-OF-THE-RUBRIC
import numpy as np
import pytest

from grader.rubric import assert_close, assert_gradients_close, criterion, inputs_after


def matrix(rng, rows):
    return rng.normal(size=(rows, 4)).astype(np.float32)


@criterion(points=30, title="Doubles", zh="加倍")
@pytest.mark.parametrize("rows", [1, 3, 8])
def test_double(candidate, reference, rng, rows):
    x = matrix(rng, rows)
    assert_close(candidate.double(x), reference.double(x))


@criterion(points=10, title="Leaves its input as it is", zh="不改变输入")
def test_input(candidate, reference, rng):
    x = matrix(rng, 3)
    result, (left,) = inputs_after(candidate.double, x)
    assert np.array_equal(left, x)
    assert np.array_equal(result, reference.double(x))


@criterion(points=20, title="Adds up the steps that it takes", zh="累加每一步")
@pytest.mark.parametrize("times", [3, 6])
def test_total(candidate, rng, times):
    values, asked = rng.normal(size=times).tolist(), []

    def step(i):
        asked.append(np.asarray(i).tolist())
        return values[i]

    assert_close(float(candidate.total(step, times)), sum(values), rtol=1e-5)
    assert asked == list(range(times))


@criterion(points=15, title="Counts", zh="计数")
@pytest.mark.parametrize("amount", [2, 5])
def test_counter(candidate, rng, amount):
    start = int(rng.integers(1000))
    counter = candidate.Counter(start)
    assert counter.value == start
    assert counter.add(amount) == start + amount
    assert counter.value == start + amount


@criterion(points=10, title="Spells numbers", zh="拼写数字")
def test_spell(candidate, rng):
    numbers = rng.integers(10**6, size=200).tolist()
    assert candidate.spell(numbers) == [f"number {n:,}" for n in numbers]


@criterion(points=15, title="Doubles again and again", zh="反复加倍", frameworks=("numpy",))
@pytest.mark.parametrize("time", range(8))
def test_again(candidate, reference, rng, time):
    for _ in range(2):
        x = matrix(rng, 2)
        assert_close(candidate.double(x), reference.double(x))


@criterion(points=15, title="Lets gradients through", zh="梯度可以通过", frameworks=("torch", "tensorflow"))
def test_gradient(candidate, reference, rng):
    assert_gradients_close(candidate.double, reference.double, matrix(rng, 2))
