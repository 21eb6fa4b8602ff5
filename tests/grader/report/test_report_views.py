"""What a candidate may read: nothing hidden, in any format."""

import io

import pytest
from rich.console import Console

from grader.report import FORMATS, compile_report, for_candidate, print_cohort, print_submission
from grader.report.views import cohort_for_candidate

SECRETS = ("SECRET", "4242424242")
FAULTS = ("test_all[", "0.123", "[0]")


def printed(print_it, content, view):
    console = Console(file=io.StringIO(), width=200)
    print_it(content, console, view)
    return console.file.getvalue()


@pytest.mark.parametrize("name", FORMATS)
def test_no_format_shows_a_secret_to_the_candidate(result, name):
    shown = FORMATS[name].writer.write_submission(result, "candidate")
    assert not [secret for secret in (*SECRETS, *FAULTS) if secret in shown]


@pytest.mark.parametrize("name", FORMATS)
def test_no_format_of_a_cohort_shows_a_secret_to_the_candidate(cohort, name):
    shown = FORMATS[name].writer.write_cohort(cohort, "candidate")
    assert not [secret for secret in SECRETS if secret in shown]


def test_the_terminal_shows_no_secret_to_the_candidate(result, cohort):
    shown = printed(print_submission, result, "candidate") + printed(print_cohort, cohort, "candidate")
    assert not [secret for secret in (*SECRETS, *FAULTS) if secret in shown]


@pytest.mark.parametrize("name", ["json", "html", "markdown", "junit"])
def test_the_reviewer_sees_everything(result, name):
    shown = FORMATS[name].writer.write_submission(result, "reviewer").replace("\\", "")
    for secret in ("SECRET-got", "SECRET-assertion", "SECRET-printed", "SECRET-id-2", "4242424242", "SECRET-note"):
        assert secret in shown


def test_a_view_that_does_not_exist_shows_what_a_candidate_sees(result):
    shown = FORMATS["json"].writer.write_submission(result, "Reviewer")
    assert "SECRET" not in shown


def test_the_candidate_sees_title_verdict_sentence_and_own_line(result):
    question = for_candidate(result).questions[0]
    passed, wrong, raised, _ = question.criteria[0].cases
    assert question.criteria[0].title == "Matches the reference"
    assert (passed.name, wrong.name) == ("test_matches_reference #1", "test_matches_reference #2")
    assert wrong.message == wrong.verdict.sentence
    assert raised.message == "answer.py:14 TypeError in attend"
    assert (raised.file, raised.line, raised.code) == ("answer.py", 14, "scores = q @ k")
    assert question.policy == result.questions[0].policy
    assert question.explanation == "I would cache the table."
    assert (for_candidate(result).score, question.score) == (result.score, result.questions[0].score)


def test_reducing_twice_changes_nothing(result, cohort):
    assert for_candidate(for_candidate(result)) == for_candidate(result)
    assert cohort_for_candidate(cohort_for_candidate(cohort)) == cohort_for_candidate(cohort)


def test_a_reduced_result_stays_reduced_for_a_reviewer(result, tmp_path):
    compile_report(for_candidate(result), ["json"], "reviewer", tmp_path)
    assert '"view": "candidate"' in (tmp_path / "result.json").read_text()
