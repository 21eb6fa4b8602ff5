import numpy as np
import pytest

from grader.rubric import assert_close, assert_raises, criterion, public


@criterion(points=40, title="Doubles", zh="加倍")
@pytest.mark.parametrize("size", [pytest.param(1, marks=public), 3, 5, 8])
def test_double(candidate, reference, rng, size):
    x = rng.normal(size=size).astype(np.float32)
    assert_close(candidate.double(x), reference.double(x))


@criterion(points=20, title="Calls the step it is given", zh="调用给定的步骤")
@pytest.mark.parametrize("times", [0, 4])
def test_count(candidate, times):
    called = []

    def step(i):
        called.append(int(i))
        return float(i)

    assert_close(float(candidate.count(step, times)), float(sum(range(times))))
    assert called == list(range(times))


@criterion(points=30, title="Keeps its count", zh="保持计数")
@pytest.mark.parametrize("start", [0, 7])
def test_counter(candidate, start):
    counter = candidate.Counter(start)
    assert counter.value == start
    assert counter.add(2) == start + 2
    assert counter.value == start + 2


@criterion(points=10, title="Refuses what has no size", zh="拒绝没有大小的输入", partial=False)
def test_bad_arguments(candidate):
    assert_raises("ValueError", candidate.double, None)
    assert_close(candidate.double(np.ones(2, np.float32)), np.full(2, 2, np.float32))
