"""A job that is to end with its first lost point ends there, and costs the answers after it nothing."""

import pytest

from grader.grading import grade
from grader.proxy import Session
from grader.pytest_plugin import Job
from grader.source import Source

UNCHECKED = "\n\ndef double(x):\n    return 2 * x\n"
WRONG = "\n\ndef count(step, times):\n    return -1.0\n"


@pytest.fixture
def grade_jobs(sandbox, toy):
    def graded(*jobs):
        found = {}
        grade(sandbox, toy, "numpy", jobs, 5, {}, found.__setitem__)
        return [found[i] for i in range(len(jobs))]

    return graded


@pytest.fixture
def source(toy):
    def with_code(code=""):
        return Source({"answer.py": toy.reference_source("numpy") + code.encode()}, "answer.py", "numpy")

    return with_code


def ran(graded):
    return [case.name for criterion in graded.criteria for case in criterion.cases]


def test_it_ends_with_its_first_lost_point(grade_jobs, source):
    whole, ended = grade_jobs(Job(source(WRONG)), Job(source(WRONG), until_lost=True))
    assert [case.verdict.value for c in ended.criteria for case in c.cases].count("wrong_answer") == 1
    assert len(ran(ended)) < len(ran(whole))


def test_it_runs_to_the_end_where_it_loses_none(grade_jobs, source):
    _, right = grade_jobs(Job(source(WRONG), until_lost=True), Job(source(), until_lost=True))
    assert right.score == 100
    assert len(ran(right)) == 9


def test_the_next_is_tried_first_by_what_the_last_one_lost(grade_jobs, source):
    first, second = (job for job in grade_jobs(*[Job(source(UNCHECKED), until_lost=True)] * 2))
    assert ran(first)[-1] == "test_bad_arguments" and len(ran(first)) == 9
    assert ran(second) == ["test_bad_arguments"]


def test_an_answer_behind_it_is_graded_as_ever(grade_jobs, source):
    alone, *_ = grade_jobs(Job(source(WRONG)))
    _, behind = grade_jobs(Job(source(UNCHECKED), until_lost=True), Job(source(WRONG)))
    assert [(c.name, c.earned) for c in behind.criteria] == [(c.name, c.earned) for c in alone.criteria]
    assert sorted(ran(behind)) == sorted(ran(alone))


def test_its_session_may_be_of_another_kind(grade_jobs, source):
    asked = []

    class Listening(Session):
        def request(self, what, callbacks, **message):
            asked.append(what)
            return super().request(what, callbacks, **message)

    [graded] = grade_jobs(Job(source(), session=Listening))
    assert graded.score == 100
    assert {"double", "count", "Counter", "Counter.add"} <= set(asked)
