"""A person's points for the written parts: kept with who and when, joined to the score, and not lost."""

import json

import pytest

from grader.errors import UsageError
from grader.report import compile_report, for_candidate, load_report, load_result, summarize
from grader.report.model import CohortResult, QuestionResult, SubmissionResult
from grader.review import load_reviewable, recompile, reviewed, reviewed_from_file, with_earlier_reviews, written


def question(number, explanation="Because.", **fields):
    return QuestionResult(
        id=f"question-{number}",
        number=number,
        framework="torch",
        score=80,
        max_score=100,
        explanation=explanation,
        needs_review=bool(explanation),
        **fields,
    )


@pytest.fixture
def result():
    questions = (question(1), question(2, explanation=""), question(3, written_points=20))
    return SubmissionResult(candidate="a", score=240, max_score=300, questions=questions)


def test_points_join_the_score_once_however_often_they_are_given(result):
    first = reviewed(result, result.questions[0], 6, "vague", "reviewer A")
    second = reviewed(first, first.questions[0], 8.5, "", "reviewer B")
    assert (first.score, first.max_score) == (246, 310)
    assert (second.score, second.max_score) == (248.5, 310)
    assert (second.questions[0].score, second.questions[0].max_score) == (88.5, 110)
    assert second.questions[0].review.reviewer == "reviewer B"
    assert second.questions[0].review.at is not None
    assert not second.questions[0].needs_review


def test_what_awaits_a_person_comes_first(result):
    assert [q.number for q in written(result)] == [1, 3]
    assert [q.number for q in written(reviewed(result, result.questions[0], 6, "", "A"))] == [3, 1]


@pytest.mark.parametrize("points", [-1, 10.5, float("nan")])
def test_more_than_can_be_given_is_refused(result, points):
    with pytest.raises(UsageError, match="the explanation earns from 0 to 10"):
        reviewed(result, result.questions[0], points, "", "A")


def test_a_candidate_sees_the_points_and_no_remark(result):
    shown = for_candidate(reviewed(result, result.questions[0], 6, "a guess, I think", "reviewer A")).questions[0]
    assert (shown.review.points, shown.review.max_points) == (6, 10)
    assert (shown.review.remark, shown.review.reviewer, shown.review.at) == ("", "", None)


def test_reviews_from_a_file(result, tmp_path):
    file = tmp_path / "reviews.toml"
    file.write_text(
        '[[review]]\nquestion = 1\npoints = 7\n[[review]]\nquestion = "question-3"\npoints = 15\nremark = "x"\n'
    )
    found = reviewed_from_file(result, file, "reviewer A")
    assert [(q.review.points, q.review.remark) for q in (found.questions[0], found.questions[2])] == [
        (7, ""),
        (15, "x"),
    ]
    assert found.score == 262


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("review", "reviews.toml: "),
        ("", "reviews.toml: review: Field required"),
        ("[[review]]\nquestion = 1\n", "reviews.toml: review.0.points: Field required"),
        ("[[review]]\nquestion = 1\npoints = 1\nmark = 1\n", "reviews.toml: review.0.mark: Extra inputs"),
        ("[[review]]\nquestion = 2\npoints = 1\n", "reviews.toml: a has written nothing for question 2"),
        ("[[review]]\nquestion = 1\npoints = 11\n", "11 points for question-1"),
    ],
)
def test_a_file_that_is_wrong_is_refused_in_one_sentence(result, tmp_path, text, sentence):
    file = tmp_path / "reviews.toml"
    file.write_text(text)
    with pytest.raises(UsageError, match=sentence):
        reviewed_from_file(result, file, "A")


def test_reports_and_the_cohorts_table_follow(result, tmp_path):
    cohort = CohortResult(submissions=(summarize(result),))
    compile_report(cohort, ["json", "csv"], "reviewer", tmp_path)
    path = compile_report(result, ["json", "markdown"], "reviewer", tmp_path / "a")[0]
    files = recompile(path, reviewed(result, result.questions[0], 6, "", "A"))
    assert {str(file.relative_to(tmp_path)) for file in files} == {
        *("a/result.json", "a/report.md", "result.json", "scores.csv")
    }
    assert load_result(path).score == 246
    assert load_report(tmp_path / "result.json").submissions[0].score == 246


def test_grading_again_keeps_the_reviews_of_the_same_explanations(result, tmp_path):
    [path] = compile_report(reviewed(result, result.questions[0], 6, "", "A"), ["json"], "reviewer", tmp_path)
    assert with_earlier_reviews(result, path).score == 246
    other = result.model_copy(update={"questions": (question(1, "Another text."), *result.questions[1:])})
    assert with_earlier_reviews(other, path) == other
    assert with_earlier_reviews(result, tmp_path / "nothing.json") == result


def test_a_candidates_view_cannot_be_reviewed(result, tmp_path):
    [path] = compile_report(result, ["json"], "candidate", tmp_path)
    assert json.loads(path.read_text())["view"] == "candidate"
    with pytest.raises(UsageError, match="is the candidate's view"):
        load_reviewable(path)
