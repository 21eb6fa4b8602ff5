"""The model: its keys, its rounding, and reading it back."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from grader.errors import UsageError
from grader.report import SubmissionResult, load_report, load_result, summarize
from grader.report.json_writer import write_cohort, write_submission
from grader.report.model import CaseResult, CohortResult, CriterionResult, QuestionResult, SubmissionSummary, schema
from grader.verdicts import CANDIDATE_FAULT, Verdict
from tests.demo import ROOT

MINIMAL = {
    "schema_version": 1,
    "candidate": "alice",
    "score": 71.5,
    "max_score": 300.0,
    "questions": [
        {
            "id": "positional-encoding",
            "number": 6,
            "framework": "torch",
            "score": 88.0,
            "max_score": 100.0,
            "criteria": [
                {
                    "name": "test_matches_reference",
                    "title": "...",
                    "points": 40.0,
                    "earned": 28.0,
                    "cases": [{"name": "t[7-12]", "verdict": "wrong_answer", "message": "...", "seconds": 0.004}],
                }
            ],
            "policy": [{"rule": "...", "line": 3, "column": 8, "message": "...", "blocking": True}],
            "diagnosis": "...",
        }
    ],
    "provenance": {"anything": {"goes": [1, 2]}},
}


def saved(folder: Path, content: object) -> Path:
    path = folder / "result.json"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def test_the_documented_keys_alone_are_a_result(tmp_path):
    result = load_result(saved(tmp_path, MINIMAL))
    assert result.questions[0].criteria[0].cases[0].verdict is Verdict.WRONG_ANSWER


def test_what_was_read_is_written_again_with_all_its_keys(tmp_path):
    def within(part, whole):
        if isinstance(part, dict):
            return all(key in whole and within(value, whole[key]) for key, value in part.items())
        if isinstance(part, list):
            return len(part) == len(whole) and all(map(within, part, whole))
        return part == whole

    assert within(MINIMAL, json.loads(write_submission(load_result(saved(tmp_path, MINIMAL)), "reviewer")))


def test_a_result_survives_the_round_trip(tmp_path, result):
    path = saved(tmp_path, write_submission(result, "reviewer").encode())
    assert load_result(path) == load_report(path) == result


def test_hostile_text_survives_the_round_trip(tmp_path, hostile):
    assert load_result(saved(tmp_path, write_submission(hostile, "reviewer").encode())) == hostile


def test_a_cohort_survives_the_round_trip(tmp_path, cohort):
    assert load_report(saved(tmp_path, write_cohort(cohort, "reviewer").encode())) == cohort


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "no complete JSON"),
        (b'{"schema_version": 1, "candidate": "al', "no complete JSON"),
        (b"[" * 100_000, "no complete JSON"),
        (b"\xff\xfe", "no complete JSON"),
        ([], "no schema_version"),
        ({"candidate": "alice"}, "no schema_version"),
        (MINIMAL | {"schema_version": 2}, "schema_version 2, and this release reads 1"),
        (MINIMAL | {"schema_version": "1"}, "schema_version '1'"),
        (MINIMAL | {"schema_version": True}, "schema_version True"),
        (MINIMAL | {"score": "71.5"}, "score: Input should be a valid number"),
        (MINIMAL | {"score": -1}, "score: Input should be greater than or equal to 0"),
        (MINIMAL | {"candidate": None}, "candidate: Input should be a valid string"),
        (MINIMAL | {"questions": {}}, "questions: "),
        (MINIMAL | {"questions": [MINIMAL["questions"][0] | {"number": "6"}]}, "questions.0.number: "),
        ({"schema_version": 1}, "candidate: Field required, and 2 more"),
        (json.dumps(MINIMAL).replace("wrong_answer", "perfect").encode(), "cases.0.verdict: "),
        (json.dumps(MINIMAL).replace("71.5", "NaN").encode(), "score: "),
        ({"schema_version": 1, "submissions": []}, "is a cohort's result"),
    ],
)
def test_what_is_no_result_is_refused_in_one_sentence(tmp_path, content, sentence):
    path = saved(tmp_path, content)
    with pytest.raises(UsageError) as refusal:
        load_result(path)
    assert str(refusal.value).startswith(str(path))
    assert sentence in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("length", range(0, 700, 50))
def test_a_file_cut_short_is_refused(tmp_path, length):
    with pytest.raises(UsageError, match="no complete JSON"):
        load_result(saved(tmp_path, json.dumps(MINIMAL).encode()[: min(length, len(json.dumps(MINIMAL)) - 1)]))


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(UsageError, match="cannot be read"):
            load_result(path)


def test_points_and_seconds_have_six_decimals():
    case = CaseResult(name="t", verdict="passed", seconds=0.12345678)
    criterion = CriterionResult(name="t", title="t", points=100 / 3, earned=100 / 3, cases=(case,))
    assert (criterion.earned, case.seconds) == (33.333333, 0.123457)


def test_results_are_frozen_and_refuse_nonsense(result):
    with pytest.raises(ValidationError):
        result.score = 100
    with pytest.raises(ValidationError):
        SubmissionResult(candidate="alice", score=float("nan"), max_score=1)


def test_order_does_not_depend_on_who_finished_first():
    def question(number, framework):
        return QuestionResult(id=f"q{number}", number=number, framework=framework, score=0, max_score=1)

    first, second, third = question(2, "torch"), question(10, "numpy"), question(10, "torch")
    result = SubmissionResult(candidate="a", score=0, max_score=3, questions=(third, first, second))
    assert result.questions == (first, second, third)
    rows = [SubmissionSummary(candidate=name, score=0, max_score=1) for name in "ba"]
    assert [row.candidate for row in CohortResult(submissions=tuple(rows)).submissions] == ["a", "b"]


def test_a_summary_counts_the_cases_by_verdict(result):
    summary = summarize(result)
    assert summary.questions[0].verdicts == result.questions[0].verdicts == summary.verdicts
    assert summary.verdicts[Verdict.PASSED] == 3
    assert summary.verdicts[Verdict.RUNTIME_ERROR] == 2
    assert list(summary.verdicts) == list(Verdict)


def test_the_verdicts_are_the_ten_words():
    assert [verdict.value for verdict in Verdict] == [
        "passed",
        "wrong_answer",
        "runtime_error",
        "time_limit",
        "memory_limit",
        "output_limit",
        "policy_violation",
        "not_answered",
        "needs_review",
        "grader_error",
    ]
    assert {Verdict.PASSED, Verdict.NEEDS_REVIEW, Verdict.GRADER_ERROR}.isdisjoint(CANDIDATE_FAULT)
    assert all(Verdict(verdict.value) is verdict and verdict.sentence.endswith(".") for verdict in Verdict)


def test_the_published_schema_is_the_models_own():
    published = ROOT / "docs" / "result.schema.json"
    assert json.loads(published.read_text()) == schema(), "run make schema"
