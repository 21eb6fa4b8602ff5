"""Intake: which answers are found in what a candidate hands in, and what is told about the rest."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import submission
from grader.errors import UsageError
from grader.submission import read_paths, read_submission
from tests.grader.handed_in import (
    ATTENTION,
    BANK,
    ENCODER,
    GPT,
    NUMPY,
    TENSORFLOW,
    TORCH,
    found,
    make_zip,
    notebook,
    only_answer,
    write,
)


@pytest.mark.parametrize(
    ("name", "main"),
    [
        ("q02.py", "q02.py"),
        ("q2.py", "q2.py"),
        ("Q02.PY", "Q02.PY"),
        ("02.py", "02.py"),
        ("question_2.py", "question_2.py"),
        ("multi_head_attention.py", "multi_head_attention.py"),
        ("multi-head-attention.py", "multi-head-attention.py"),
        ("Multi Head Attention.py", "Multi Head Attention.py"),
        ("q02_multi_head_attention.py", "q02_multi_head_attention.py"),
        ("q02_answer.py", "q02_answer.py"),
        ("src/week 1/q02.py", "q02.py"),
        ("q02/answer.py", "answer.py"),
        ("q02/main.py", "main.py"),
        ("02/answer.py", "answer.py"),
        ("multi_head_attention/answer.py", "answer.py"),
        ("multi_head_attention/q02.py", "q02.py"),
        ("multi_head_attention/my_try.py", "my_try.py"),
        ("q02/src/answer.py", "answer.py"),
    ],
)
def test_an_answer_is_found_by_the_number_or_id_of_its_question(tmp_path: Path, name: str, main: str) -> None:
    answer = only_answer(read_submission(write(tmp_path / "alice", {name: NUMPY}), BANK))
    assert (answer.candidate, answer.question, answer.framework) == ("alice", "multi-head-attention", "numpy")
    assert (answer.main, answer.files) == (main, {main: NUMPY})


@pytest.mark.parametrize(
    "name",
    [
        "q02_torch.py",
        "multi_head_attention_pytorch.py",
        "torch_q02.py",
        "q02.torch.py",
        "torch/q02.py",
        "q02_torch/answer.py",
        "q02/torch/answer.py",
        "q02/torch/attention.py",
        "q02/torch_answer.py",
        "q02/answer_torch.py",
        "q02/torch.py",
    ],
)
def test_a_name_declares_the_framework(tmp_path: Path, name: str) -> None:
    read = read_submission(write(tmp_path / "alice", {name: b"# imports nothing"}), BANK)
    assert only_answer(read).framework == "torch"


def test_several_frameworks_of_one_question_are_several_answers(tmp_path: Path) -> None:
    files = {"q02/numpy_answer.py": NUMPY, "q02/torch_answer.py": TORCH, "q02/shared.py": b"A = 1\n",
             "q05/torch/answer.py": TORCH, "q05/tensorflow/answer.py": TENSORFLOW}  # fmt: skip
    read = read_submission(write(tmp_path / "alice", files), BANK)
    assert found(read) == {
        ("multi-head-attention", "numpy", "numpy_answer.py"),
        ("multi-head-attention", "torch", "torch_answer.py"),
        ("gpt-generation", "torch", "answer.py"),
        ("gpt-generation", "tensorflow", "answer.py"),
    }
    by_main = {answer.main: answer for answer in read.answers}
    assert by_main["torch_answer.py"].files.keys() == {"torch_answer.py", "shared.py"}  # not the numpy answer
    assert not read.problems


def test_a_framework_that_the_question_does_not_ask_for_is_told(tmp_path: Path) -> None:
    read = read_submission(write(tmp_path / "alice", {"q18.py": NUMPY, "q10.py": TENSORFLOW}), BANK)
    assert not read.answers
    told = {problem.question: problem.message for problem in read.problems}
    assert "is a numpy answer, but gan asks for torch or tensorflow" in told["gan"]
    assert "is a tensorflow answer, but bert-sentiment asks for torch" in told["bert-sentiment"]


def test_a_second_answer_is_told_and_the_first_is_graded(tmp_path: Path) -> None:
    read = read_submission(write(tmp_path / "alice", {"q02.py": NUMPY, "multi_head_attention.py": NUMPY}), BANK)
    assert found(read) == {("multi-head-attention", "numpy", "multi_head_attention.py")}
    (problem,) = read.problems
    assert problem.where == "q02.py"
    assert "second numpy answer" in problem.message and "multi_head_attention.py is graded" in problem.message


def test_names_that_differ_by_case_alone_are_two_answers(tmp_path: Path) -> None:
    read = read_submission(make_zip(tmp_path / "alice.zip", {"q02.py": NUMPY, "Q02.PY": NUMPY}), BANK)
    assert found(read) == {("multi-head-attention", "numpy", "Q02.PY")}
    (problem,) = read.problems
    assert problem.where == "q02.py" and "second numpy answer" in problem.message


@pytest.mark.parametrize("name", ["work.zip", "work.TAR.GZ", "work.rar", "work.7z"])
def test_an_archive_inside_a_submission_is_told_and_not_brought(tmp_path: Path, name: str) -> None:
    files = {"q02/answer.py": NUMPY, f"q02/{name}": b"PK\x03\x04"}
    read = read_submission(write(tmp_path / "alice", files), BANK)
    assert read.answers[0].files.keys() == {"answer.py"}
    (problem,) = read.problems
    assert problem.where == f"q02/{name}"
    assert problem.message == "is an archive inside the submission, and these are not opened; unpack it"


def test_a_folder_with_several_modules_needs_one_named_answer(tmp_path: Path) -> None:
    read = read_submission(write(tmp_path / "alice", {"q02/a.py": NUMPY, "q02/b.py": NUMPY}), BANK)
    (problem,) = read.problems
    assert (problem.where, problem.question) == ("q02", "multi-head-attention")
    assert "answer.py" in problem.message


# Explanations


@pytest.mark.parametrize("name", ["q02/answer.md", "q02/torch/answer.md", "q02.md", "multi_head_attention_answer.md"])
def test_a_written_explanation_is_collected(tmp_path: Path, name: str) -> None:
    files = {"q02/torch/answer.py": TORCH, name: "The scale keeps\nthe variance at 1.", "README.md": "Hello"}
    read = read_submission(write(tmp_path / "alice", files), BANK)
    assert read.explanations == {"multi-head-attention": "The scale keeps\nthe variance at 1."}
    assert only_answer(read).files.keys() == {"answer.py"}


def test_an_explanation_is_capped_and_freed_of_terminal_codes(tmp_path: Path) -> None:
    text = b"\xef\xbb\xbf\x1b[31mred\xff " + b"x" * 100_000
    read = read_submission(write(tmp_path / "alice", {"q02.py": NUMPY, "q02.md": text}), BANK)
    explanation = read.explanations["multi-head-attention"]
    assert explanation.startswith("[31mred\ufffd x") and len(explanation) == submission.MAX_EXPLANATION


# One question asked for


@pytest.mark.parametrize("name", ["solution.py", "my_attention.py", "answer.ipynb", "answer.py"])
def test_where_one_question_can_be_meant_names_need_not_say_it(tmp_path: Path, name: str) -> None:
    content = notebook("import numpy") if name.endswith("ipynb") else NUMPY
    file = write(tmp_path / "alice", {name: content}) / name
    for path in (file, file.parent):
        for bank, only in ([ATTENTION], None), (BANK, [ATTENTION.id]):
            assert only_answer(read_submission(path, bank, only)).question == "multi-head-attention"


def test_a_folder_that_is_named_after_a_question_is_its_answer(tmp_path: Path) -> None:
    folder = write(tmp_path / "alice" / "q02", {"answer.py": NUMPY, "util.py": b"", "answer.md": "Why."})
    (read,) = read_paths([folder], BANK)
    assert (read.candidate, read.explanations) == ("alice", {"multi-head-attention": "Why."})
    assert only_answer(read).files.keys() == {"answer.py", "util.py"}


def test_answers_that_are_not_asked_for_are_passed_over_in_silence(tmp_path: Path) -> None:
    others = {"q05.py": NUMPY, "q08.ipynb": b"broken", "gan/a.py": TORCH, "gan/b.py": TORCH, "q10.py": b"#" * 3_000_000}
    folder = write(tmp_path / "alice", {"q02.py": NUMPY, **others})
    read = read_submission(folder, BANK, [ATTENTION.id])
    assert found(read) == {("multi-head-attention", "numpy", "q02.py")}
    assert not read.problems
    assert not read_submission(folder, BANK, [ENCODER.id]).answers  # and none of them is taken for another


def test_a_single_file_takes_the_name_of_its_stem_or_folder(tmp_path: Path) -> None:
    folder = write(tmp_path / "alice", {"q02.py": NUMPY, "bob.py": NUMPY, "q05/answer.py": NUMPY})
    assert read_submission(folder / "q02.py", BANK).candidate == "alice"
    assert read_submission(folder / "bob.py", [ATTENTION]).candidate == "bob"
    (nested,) = read_paths([folder / "q05" / "answer.py"], [GPT])
    assert (nested.candidate, nested.answers[0].question) == ("alice", "gpt-generation")


# Bad usage


def test_bad_paths_are_usage_errors_that_name_them(tmp_path: Path) -> None:
    write(tmp_path, {"grades.xlsx": b"1"})
    (tmp_path / "empty").mkdir()
    for name, message in [
        ("absent", "is not there"),
        ("grades.xlsx", "no submission"),
        ("empty", "is empty; put answers"),
    ]:
        with pytest.raises(UsageError, match=message) as error:
            read_paths([tmp_path / name], BANK)
        assert name in str(error.value)
    with pytest.raises(UsageError, match="absent"):
        read_submission(tmp_path / "absent", BANK)


# Anything else


def test_the_number_of_problems_is_capped(tmp_path: Path) -> None:
    read = read_submission(write(tmp_path / "alice", {f"x{number}.py": "" for number in range(80)}), BANK)
    assert len(read.problems) == submission.MAX_PROBLEMS + 1
    assert "30 more problems" in read.problems[-1].message


@given(
    content=st.one_of(
        st.binary(max_size=300), st.sampled_from([b"PK\x03\x04", b"\x1f\x8b\x08\x00", b'{"cells": [{}]}'])
    ),
    name=st.sampled_from(
        ["alice.zip", "alice.tar.gz", "alice.ipynb", "q02.ipynb", "q02.py", "submission.toml", "q02.md"]
    ),
)
def test_no_bytes_stop_the_reading_of_a_submission(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, name: str
) -> None:
    folder = write(tmp_path_factory.mktemp("any") / "alice", {"alice/" + name: content, "alice/q05.py": NUMPY})
    read = read_submission(folder, BANK)
    assert ("gpt-generation", "numpy", "q05.py") in found(read)
    if not name.endswith((".toml", ".md")):
        alone = read_submission(folder / "alice" / name, BANK)
        assert alone.answers or alone.problems
