"""A rubric that is wrong is named with file and reason, and never costs a candidate anything."""

import shutil

import pytest

from grader.bank import load_bank, load_question
from grader.errors import QuestionError
from tests.conftest import BANK, grade_reference

HEAD = "import pytest\nfrom grader.rubric import criterion\n"


@pytest.mark.parametrize(
    ("rubric", "sentence"),
    [
        (HEAD + "import nothing_like_it", "rubric.py: the rubric cannot be collected.*nothing_like_it"),
        (HEAD + "def test_x(candidate): pass", r"rubric.py:3: test_x is a test without points"),
        (HEAD + "@criterion(points=100, title='x')\ndef test_x(): pass", "test_x never sees the candidate"),
        (HEAD + "@criterion(points=90, title='x')\ndef test_x(candidate): pass", "points of numpy add up to 90"),
        (HEAD, "points of numpy add up to 0"),
        ("def broken(:", "cannot be collected.*SyntaxError"),
    ],
)
def test_a_rubric_that_is_wrong_is_refused(sandbox, question_with, rubric, sentence):
    with pytest.raises(QuestionError, match=sentence):
        grade_reference(sandbox, question_with(rubric))


@pytest.mark.parametrize(
    "body",
    [
        "candidate.double(None)",
        "raise KeyError('a bug')",
        "reference.double(None)",
        "candidate.nothing",
        "pytest.skip('no')",
    ],
)
def test_a_failure_of_the_rubrics_own_is_a_grader_error(sandbox, question_with, body):
    # With the reference in the candidate's place it fails too, so no answer can be to blame.
    (criterion,) = grade_reference(
        sandbox,
        question_with(HEAD + f"@criterion(points=100, title='x')\ndef test_x(candidate, reference):\n    {body}"),
    )
    expected = "runtime_error" if body == "candidate.double(None)" else "grader_error"
    assert [case.verdict for case in criterion.cases] == [expected]


@pytest.mark.parametrize(
    ("replace", "sentence"),
    [
        (('id = "toy"', 'id = "Toy!"'), r"question.toml:2: id"),
        (("number = 99", "number = 0"), r"question.toml:3: number"),
        (('returns = "number"', 'returns = "tensor"'), "question.toml.*returns"),
        (("call_seconds", "call_minutes"), "call_minutes is not a limit"),
        (("number = 99", "number = 99\ncolour = 3"), "question.toml:4: colour"),
        (('"(x)"', '"(x"'), "is not a signature"),
        (('id = "toy"', 'id = "tog"'), "the folder of tog is named tog"),
        (("number = 99", "number == 1"), r"question.toml.*line 3"),
    ],
)
def test_a_question_toml_that_is_wrong_is_named(question_with, replace, sentence):
    with pytest.raises(QuestionError, match=sentence):
        load_question(question_with(replace=replace), BANK / "reference")


def test_two_questions_may_not_share_a_number(question_with, tmp_path):
    folder = question_with()
    other = folder.with_name("tot")
    shutil.copytree(folder, other)
    (other / "question.toml").write_text((folder / "question.toml").read_text().replace('"toy"', '"tot"'))
    with pytest.raises(QuestionError, match=r"question.toml: number 99 is taken by the question in .*/to[ty]"):
        load_bank(tmp_path / "rubrics", BANK / "reference")
