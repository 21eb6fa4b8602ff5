"""Which submissions a folder holds, and what their candidates are called."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from grader.submission import read_paths, read_submission
from tests.grader.handed_in import (
    ATTENTION,
    BANK,
    NUMPY,
    TORCH,
    notebook,
    only_answer,
    write,
)


def test_a_folder_of_submissions_is_a_cohort(tmp_path: Path) -> None:
    write(tmp_path, {"alice/q02.py": NUMPY, "bob/work/q02/answer.py": TORCH, "eve/notes.txt": "", "README.md": "",
                     "dan.tar.gz": b"broken", ".git/config": ""})  # fmt: skip
    (tmp_path / "fay").mkdir()
    with zipfile.ZipFile(tmp_path / "carol.zip", "w") as packed:
        packed.writestr("carol-main/q05.py", NUMPY)
    reads = {read.candidate: read for read in read_paths([tmp_path], BANK)}
    assert list(reads) == ["alice", "bob", "carol", "dan", "eve", "fay"]
    assert [len(read.answers) for read in reads.values()] == [1, 1, 1, 0, 0, 0]
    assert "cannot be read as an archive" in reads["dan"].problems[0].message
    assert "holds no answer; name one q02.py" in reads["eve"].problems[0].message
    assert not any(reads[name].problems for name in ("alice", "bob", "carol"))


def test_a_submission_that_is_packed_in_another_way_is_not_lost(tmp_path: Path) -> None:
    reads = read_paths([write(tmp_path, {"alice/q02.py": NUMPY, "bob.rar": b"Rar!\x1a\x07\x01\x00"})], BANK)
    assert [(read.candidate, len(read.answers)) for read in reads] == [("alice", 1), ("bob", 0)]
    assert reads[1].problems[0].message == "is packed as RAR; pack it again, as .zip or .tar.gz"


@pytest.mark.parametrize(
    "files",
    [
        {"q02.py": NUMPY, "helpers/x.py": b""},
        {"q02/answer.py": NUMPY},
        {"src/q02.py": NUMPY, "data/x.csv": b""},
        {"numpy/q02.py": NUMPY, "torch/q02.py": TORCH},
        {"submission.toml": b'[[answers]]\nquestion = 2\npath = "work/a.py"', "work/a.py": NUMPY},
    ],
)
def test_a_folder_with_answers_of_its_own_is_one_submission(tmp_path: Path, files: dict[str, bytes]) -> None:
    (read,) = read_paths([write(tmp_path / "alice", files)], BANK)
    assert read.candidate == "alice" and read.answers


def test_loose_files_are_a_cohort_where_one_question_is_asked_for(tmp_path: Path) -> None:
    write(tmp_path / "cohort", {"alice.py": NUMPY, "bob.ipynb": notebook("import torch")})
    reads = read_paths([tmp_path / "cohort"], BANK, [ATTENTION.id])
    assert [(read.candidate, only_answer(read).framework) for read in reads] == [("alice", "numpy"), ("bob", "torch")]


def test_candidates_that_are_numbered_are_not_taken_for_questions(tmp_path: Path) -> None:
    files = {f"{candidate:02d}/{name}": NUMPY for candidate in (1, 2, 5) for name in ("q02.py", "q05.py")}
    reads = read_paths([write(tmp_path / "cohort", files)], BANK)
    assert [(read.candidate, len(read.answers)) for read in reads] == [("01", 2), ("02", 2), ("05", 2)]


def test_candidates_names_differ_and_a_path_comes_before_a_claim(tmp_path: Path) -> None:
    files = {"mallory/submission.toml": 'candidate = "Zoe"', "mallory/q02.py": NUMPY, "zoe/q02.py": NUMPY}
    write(tmp_path / "a", files)
    write(tmp_path / "b", {"zoe/q02.py": NUMPY})
    reads = read_paths([tmp_path / "a", tmp_path / "b" / "zoe"], BANK)
    assert [(read.path.parent.name, read.path.name, read.candidate) for read in reads] == [
        ("a", "mallory", "Zoe (3)"),
        ("a", "zoe", "zoe"),
        ("b", "zoe", "zoe (2)"),
    ]
    assert all(answer.candidate == read.candidate for read in reads for answer in read.answers)


@pytest.mark.parametrize(
    ("claimed", "candidate"),
    [
        ("../../etc", "_.._etc"),
        ("..", "unnamed"),
        ("", "unnamed"),
        (".hidden", "hidden"),
        ("a/b\\c:d", "a_b_c_d"),
        ("red\\u001b[31m\\u202Ename", "red\ufffd[31m\ufffdname"),
        ("result.json", "result_json"),
        ("x" * 500, "x" * 100),
        ("汉" * 500, "汉" * 66),
        ("王 小明", "王 小明"),
    ],
)
def test_a_candidates_name_is_fit_for_a_folder(tmp_path: Path, claimed: str, candidate: str) -> None:
    manifest = 'candidate = "' + claimed.replace("\\c", "\\\\c") + '"'
    read = read_submission(write(tmp_path / "x", {"submission.toml": manifest, "q02.py": NUMPY}), BANK)
    assert read.candidate == candidate
    (tmp_path / "out" / read.candidate).mkdir(parents=True)
    assert (tmp_path / "out" / read.candidate).resolve().parent == tmp_path / "out"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_links_and_pipes_among_submissions_are_told(tmp_path: Path) -> None:
    cohort = write(tmp_path / "cohort", {"alice/q02.py": NUMPY})
    write(tmp_path / "elsewhere", {"q02.py": NUMPY})
    (cohort / "bob").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    (cohort / "eve.py").symlink_to("/dev/zero")
    os.mkfifo(cohort / "dan.zip")
    os.mkfifo(cohort / "alice" / "q05.py")
    reads = {read.candidate: read for read in read_paths([cohort], BANK)}
    assert {name: len(read.answers) for name, read in reads.items()} == {"alice": 1, "bob": 0, "dan": 0, "eve": 0}
    assert "is a link" in reads["bob"].problems[0].message and "is a link" in reads["eve"].problems[0].message
    assert "not a regular file" in reads["dan"].problems[0].message
    assert reads["alice"].problems[0].question == "gpt-generation"


def test_a_path_that_the_operator_gives_may_be_a_link(tmp_path: Path) -> None:
    write(tmp_path / "alice", {"q02.py": NUMPY})
    (tmp_path / "latest").symlink_to(tmp_path / "alice", target_is_directory=True)
    (read,) = read_paths([tmp_path / "latest"], BANK)
    assert (read.candidate, len(read.answers)) == ("alice", 1)
