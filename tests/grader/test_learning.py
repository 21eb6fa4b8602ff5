"""What an answer that trains must reach, and the curve that is kept where it does not."""

import numpy as np
import pytest

from grader.authoring.one_worker import OneWorker
from grader.learning import Unlearned, assert_learns
from grader.proxy import Candidate, Session, session_of
from grader.source import Source
from tests.conftest import grade_reference

DOUBLED = "{:.1f} is reached"


@pytest.fixture
def learner(sandbox, toy):
    """An answer that is taken for one that trains: after n epochs it reaches n / 50, by its own `double`."""
    sessions = []

    def make(source="def double(x): return x + x"):
        sessions.append(Session(sandbox, toy, Source({"answer.py": source.encode()}, "answer.py", "numpy")))
        return Candidate(sessions[-1])

    yield make
    for session in sessions:
        session.close()


def reached_by(candidate, asked):
    def score(epochs):
        asked.append(epochs)
        return candidate.double(np.array([epochs / 100]))[0]

    return score


@pytest.mark.parametrize("bar", [{"at_least": 1.2}, {"at_most": 1.3}])
def test_an_answer_that_reaches_the_bar_trains_once(learner, bar):
    asked = []
    candidate = learner()
    assert_learns(candidate, reached_by(candidate, asked), 60, DOUBLED, **bar)
    assert asked == [60]


@pytest.mark.parametrize("bar", [{"at_least": 5.0}, {"at_most": 1.0}])
def test_one_that_does_not_is_drawn_with_less_training_as_well(learner, bar):
    candidate = learner()
    with pytest.raises(Unlearned, match=r"^1\.2 is reached$") as failed:
        assert_learns(candidate, reached_by(candidate, []), 60, DOUBLED, **bar, unit="steps")
    found = failed.value.learning
    assert (found.after, found.reached) == ((0, 10, 20, 60), (0.0, 0.2, 0.4, 1.2))
    assert (found.bar, found.more_is_better, found.unit) == (*bar.values(), "at_least" in bar, "steps")


def test_training_that_fails_or_gives_no_number_leaves_its_point_out(learner):
    candidate = learner(
        "def double(x):\n    if x < 0.1: raise ValueError\n    return x * (float('nan') if x < 0.3 else 2)"
    )
    with pytest.raises(Unlearned) as failed:
        assert_learns(candidate, reached_by(candidate, []), 60, DOUBLED, at_least=5)
    assert failed.value.learning.after == (60,)


def test_not_a_number_reaches_no_bar(learner):
    candidate = learner("def double(x): return x * float('nan')")
    for bar in ({"at_least": 0.0}, {"at_most": 0.0}):
        with pytest.raises(Unlearned) as failed:
            assert_learns(candidate, reached_by(candidate, []), 60, DOUBLED, **bar)
        assert failed.value.learning.after == ()


def test_the_curve_costs_the_case_nothing(learner):
    candidate = learner("def double(x):\n    print(x)\n    return x + x")
    session = session_of(candidate)
    with pytest.raises(Unlearned):
        assert_learns(candidate, reached_by(candidate, []), 60, DOUBLED, at_least=5)
    assert "".join(session.usage.output) == "[0.6]\n"
    assert len(session.usage.calls) == 1


def test_an_answer_that_has_little_time_left_keeps_it(learner, toy):
    candidate, asked = learner(), []
    session_of(candidate).usage.seconds = toy.limits.total_seconds
    with pytest.raises(Unlearned) as failed:
        assert_learns(candidate, reached_by(candidate, asked), 60, DOUBLED, at_least=5)
    assert (asked, failed.value.learning.after) == ([60], (60,))


def test_what_nobody_is_to_read_is_not_drawn(sandbox, toy):
    source, asked = Source({"answer.py": b"def double(x): return x + x"}, "answer.py", "numpy"), []
    session = OneWorker(sandbox, toy, source)
    with pytest.raises(Unlearned):
        candidate = Candidate(session)
        assert_learns(candidate, reached_by(candidate, asked), 60, DOUBLED, at_least=5)
    session.close()
    assert asked == [60]


@pytest.mark.parametrize("bars", [{}, {"at_least": 1, "at_most": 2}])
def test_there_is_one_bar(learner, bars):
    with pytest.raises(ValueError, match="either at_least or at_most"):
        assert_learns(learner(), float, 60, DOUBLED, **bars)


RUBRIC = """
import numpy as np
from grader.rubric import assert_learns, criterion

@criterion(points=100, title="Learns")
def test_learns(candidate):
    assert_learns(candidate, lambda n: candidate.double(np.array([n / 10]))[0], 9, "{:g} of 2", at_least=2)
"""


def test_the_curve_is_in_the_result(sandbox, question_with):
    (criterion,) = grade_reference(sandbox, question_with(RUBRIC))
    (case,) = criterion.cases
    assert (case.verdict.value, case.message) == ("wrong_answer", "1.8 of 2")
    assert (case.learning.after, case.learning.bar) == ((0, 1, 3, 9), 2)
