"""Vacuous answers: right shapes, no content."""

import numpy as np
import pytest

from grader.authoring.vacuous import MOST_POINTS, VACUOUS
from grader.grading import grade
from grader.proxy import Candidate
from grader.pytest_plugin import Job
from grader.reference import reference_source


@pytest.fixture
def answer(sandbox, toy):
    """A vacuous answer to the toy question, by its name, to be called as a rubric calls one."""
    opened = []

    def make(name):
        session = VACUOUS[name](sandbox, toy, reference_source(toy, "numpy"))
        opened.append(session)
        return Candidate(session)

    yield make
    for session in opened:
        session.close()


X = np.arange(1, 5, dtype=np.float32)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("zeros", np.zeros(4)), ("a constant", np.full(4, 0.5)), ("NaN", np.full(4, np.nan)), ("the input echoed", X)],
)
def test_what_stands_in_the_place_of_an_array(answer, name, expected):
    value = answer(name).double(X)
    assert (value.shape, value.dtype) == ((4,), np.float32)
    np.testing.assert_array_equal(value, expected)


def test_noise_has_the_size_of_the_result(answer):
    value = answer("noise").double(np.linspace(0, 1, 400, dtype=np.float32))
    assert 0.2 < value.std() < 2


def test_objects_stay_and_what_they_tell_is_emptied(answer):
    counter = answer("zeros").Counter(7)
    assert counter.add(2) == 0


@pytest.mark.parametrize("name", VACUOUS)
def test_a_good_rubric_gives_them_next_to_nothing(sandbox, toy, name):
    results = []
    job = Job(reference_source(toy, "numpy"), session=VACUOUS[name])
    grade(sandbox, toy, "numpy", [job], 5, {}, lambda _, graded: results.append(graded))
    assert results[0].score < MOST_POINTS
    assert not results[0].has_grader_error
