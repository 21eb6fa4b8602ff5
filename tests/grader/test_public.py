"""Public cases: what candidates may see, and that nothing hidden comes with it."""

import pytest

from grader.grading import grade
from grader.pytest_plugin import Job
from grader.report.model import QuestionResult, SubmissionResult
from grader.report.views import for_candidate
from grader.source import Source


@pytest.fixture
def cases(sandbox, toy):
    """The cases of `test_double` of the toy question, for an answer, by their name."""

    def run(source, seed=5, public_only=False):
        found = []
        job = Job(Source({"a.py": toy.reference_source("numpy") + source.encode()}, "a.py", "numpy"))
        grade(sandbox, toy, "numpy", [job], seed, {}, lambda _, graded: found.append(graded), public_only)
        return found[0]

    return run


def double(graded):
    return {
        case.name: case for criterion in graded.criteria if criterion.name == "test_double" for case in criterion.cases
    }


TELLS_ALL = """
seen = []
def double(x):
    seen.append(x)
    print("I saw", *(y.tobytes().hex() for y in seen))
    return x
"""


def hexes(case):
    return set(case.output.split()[2:])


def test_public_cases_alone(cases):
    graded = cases("", public_only=True)
    assert list(double(graded)) == ["test_double[1]"]
    assert [len(criterion.cases) for criterion in graded.criteria] == [1, 0, 0, 0]


def test_a_public_case_has_the_same_numbers_in_every_run_and_a_hidden_one_has_not(cases):
    first, second = double(cases(TELLS_ALL, seed=1)), double(cases(TELLS_ALL, seed=2))
    assert hexes(first["test_double[1]"]) == hexes(second["test_double[1]"])
    assert hexes(first["test_double[3]"]).isdisjoint(hexes(second["test_double[3]"]))


def test_an_answer_carries_no_hidden_input_into_a_public_case(cases):
    by_name = double(cases(TELLS_ALL))
    assert len(hexes(by_name["test_double[8]"])) == 3, "the hidden cases share a worker"
    assert len(hexes(by_name["test_double[1]"])) == 1


def test_the_candidate_sees_all_of_a_public_case_and_nothing_of_a_hidden_one(cases):
    graded = cases(TELLS_ALL)
    question = QuestionResult(id="toy", number=1, framework="numpy", score=0, max_score=100, criteria=graded.criteria)
    result = SubmissionResult(candidate="alice", score=0, max_score=100, questions=(question,))
    seen = {case.name: case for case in for_candidate(result).questions[0].criteria[0].cases}
    shown = seen.pop("test_double[1]")
    assert "expected" in shown.message, shown
    assert "I saw" in shown.output
    assert all(case.name.startswith("test_double #") for case in seen.values())
    assert all(case.message == case.public and not case.output for case in seen.values())
