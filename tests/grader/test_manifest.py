"""submission.toml: answers that names do not tell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.submission import read_submission
from tests.grader.handed_in import (
    BANK,
    NUMPY,
    TORCH,
    found,
    write,
)


def test_submission_toml_lists_the_answers(tmp_path: Path) -> None:
    manifest = """
        candidate = "Alice Liddell"
        [[answers]]
        question = "multi-head-attention"
        path = "./work/final.py"
        framework = "torch"
        [[answers]]
        question = 5
        path = "gen"
    """
    files = {"submission.toml": manifest, "work/final.py": "", "gen/answer.py": TORCH, "gen/x.py": "", "q08.py": NUMPY}
    read = read_submission(write(tmp_path / "a17", files), BANK)
    assert found(read) == {("multi-head-attention", "torch", "final.py"), ("gpt-generation", "torch", "answer.py")}
    assert read.candidate == "Alice Liddell" == read.answers[0].candidate
    assert not read.problems


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ('question = "no-such"\npath = "a.py"', "answers[1].question: 'no-such' is no question"),
        ('question = 2\npath = "b.py"', "answers[1].path: 'b.py' is no .py, .ipynb or folder of them"),
        ('question = 2\npath = "../alice/a.py"', "answers[1].path: '../alice/a.py' is no .py"),
        ('question = 2\npath = "/etc/passwd"', "answers[1].path: '/etc/passwd' is no .py"),
        ("question = 2", "answers[1].path: field required"),
        ('question = 2\npath = "a.py"\nframework = "jax"', "answers[1].framework: input should be 'numpy'"),
        ('question = 2\npath = "a.py"\nframe = "torch"', "answers[1].frame: extra inputs are not permitted"),
        ('question = true\npath = "a.py"', "answers[1].question: input should be a valid"),
    ],
)
def test_a_wrong_entry_names_its_key_and_costs_itself_alone(tmp_path: Path, entry: str, message: str) -> None:
    manifest = f'[[answers]]\n{entry}\n[[answers]]\nquestion = 5\npath = "a.py"'
    read = read_submission(write(tmp_path / "alice", {"submission.toml": manifest, "a.py": NUMPY}), BANK)
    assert found(read) == {("gpt-generation", "numpy", "a.py")}
    (problem,) = read.problems
    assert problem.where == "submission.toml" and problem.message.startswith(message)


@pytest.mark.parametrize(
    "manifest",
    ["answers = 3", "candidate = 3", "name = 'Alice'", "answers = [1]", "= oops", b"\xff", "a = " + "[" * 5000],
)
def test_a_broken_submission_toml_is_told_and_names_decide(tmp_path: Path, manifest: str | bytes) -> None:
    read = read_submission(write(tmp_path / "alice", {"submission.toml": manifest, "q02.py": NUMPY}), BANK)
    assert found(read) == {("multi-head-attention", "numpy", "q02.py")}
    assert [problem.where for problem in read.problems] == ["submission.toml"]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["", "candidate = ", "answers = ", "[[answers]]\n", "question = ", "path = ", "framework = "]
            ),
            st.one_of(
                st.integers(), st.text(max_size=20), st.sampled_from(["q02.py", "multi-head-attention", "..", "."])
            ),
        ),
        max_size=8,
    )
)
def test_no_submission_toml_stops_the_reading(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[str, int | str]]
) -> None:
    manifest = "\n".join(f"{key}{json.dumps(value)}" for key, value in lines)
    folder = write(tmp_path_factory.mktemp("toml"), {"submission.toml": manifest, "q02.py": NUMPY})
    read = read_submission(folder, BANK)
    assert read.answers or read.problems
    assert "/" not in read.candidate and not read.candidate.startswith(".")
