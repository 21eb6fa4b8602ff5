"""Two gradings of one submission, compared."""

import pytest

from grader.errors import UsageError
from grader.report.model import CaseResult, CriterionResult, Hashes, Provenance, QuestionResult, SubmissionResult
from grader.verdicts import Verdict
from grader.verify import circumstances, differences, submission_of


def graded(*verdicts, framework="torch", **provenance):
    cases = tuple(CaseResult(name=f"test_x[{i}]", verdict=verdict) for i, verdict in enumerate(verdicts))
    earned = 100 * sum(verdict is Verdict.PASSED for verdict in verdicts) / len(verdicts)
    criterion = CriterionResult(name="test_x", title="X", points=100, earned=earned, cases=cases)
    question = QuestionResult(id="x", number=1, framework=framework, score=earned, max_score=100, criteria=(criterion,))
    return SubmissionResult(
        candidate="a", score=earned, max_score=100, questions=(question,), provenance=Provenance(**provenance)
    )


PASSED, WRONG = Verdict.PASSED, Verdict.WRONG_ANSWER


def test_the_same_results_do_not_differ():
    assert list(differences(graded(PASSED, WRONG), graded(PASSED, WRONG))) == []


def test_points_and_verdicts_that_differ_are_named():
    assert list(differences(graded(PASSED, WRONG), graded(PASSED, PASSED))) == [
        "x/torch: test_x: 50 points then, 100 now",
        "x/torch: test_x[1]: wrong_answer then, passed now",
    ]


def test_cases_and_answers_that_are_gone_are_named():
    assert "x/torch: test_x[1]: passed then, no such case now" in differences(graded(PASSED, PASSED), graded(PASSED))
    assert list(differences(graded(PASSED), graded(PASSED, framework="numpy"))) == [
        "x/numpy: no such answer then, 100 points now",
        "x/torch: 100 points then, and no such answer now",
    ]


def test_what_has_changed_around_it_is_told_apart():
    was = graded(PASSED, python="3.11.7", hashes={"x/torch": Hashes(answer="1" * 64, rubric="2" * 64)}).provenance
    now = graded(PASSED, python="3.12.1", hashes={"x/torch": Hashes(answer="1" * 64, rubric="3" * 64)}).provenance
    assert list(circumstances(was, now)) == [
        "python: 3.11.7 then, 3.12.1 now",
        "x/torch: the rubric is another: 222222222222 then, 333333333333 now",
    ]


def test_where_the_submission_lies(tmp_path):
    path = tmp_path / "result.json"
    assert submission_of(path, graded(PASSED, submission=str(tmp_path)), None) == tmp_path
    assert submission_of(path, graded(PASSED), tmp_path) == tmp_path
    for recorded in ("", str(tmp_path / "gone")):
        with pytest.raises(UsageError, match="name the submission with --submission PATH"):
            submission_of(path, graded(PASSED, submission=recorded), None)
