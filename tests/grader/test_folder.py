"""Reading folders and files: what comes through, and what is left out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader import files, folder
from grader.errors import SubmissionError
from grader.files import gather, read_file
from grader.folder import list_folder, read_folder, read_tree
from tests.grader.handed_in import (
    make_zip,
    write,
)


def test_a_folder_that_holds_one_archive_is_read_as_that_archive(tmp_path: Path) -> None:
    make_zip(tmp_path / "upload.zip", {"q02.py": b"1"})
    assert read_folder(tmp_path).files == {"q02.py": b"1"}


def test_links_in_a_folder_are_left_out_and_named(tmp_path: Path) -> None:
    secret = tmp_path / "secret.py"
    secret.write_text("expected = 42")
    folder = tmp_path / "mallory"
    folder.mkdir()
    (folder / "q02.py").symlink_to(secret)
    (folder / "q05").symlink_to(tmp_path, target_is_directory=True)
    (folder / "q06.py").symlink_to(folder / "q07.py")
    (folder / "q07.py").write_text("x = 1")
    tree = read_folder(folder)
    assert tree.files == {"q07.py": b"x = 1"}
    assert set(tree.refused) == {"q02.py", "q05", "q06.py"}
    assert all("is a link" in reason for reason in tree.refused.values())


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_in_a_folder_is_left_out_and_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "q02.py")
    assert read_folder(tmp_path).refused == {"q02.py": "is not a regular file"}
    with pytest.raises(SubmissionError, match="not a regular file"):
        read_file(tmp_path / "q02.py", 10)


def test_a_device_is_never_opened() -> None:
    with pytest.raises(SubmissionError, match="not a regular file"):
        read_file(Path(os.devnull), 10)


def test_over_the_caps_code_is_kept_and_data_is_left_out(tmp_path: Path) -> None:
    for number in range(files.MAX_SUBMISSION_FILES + 5):
        (tmp_path / f"a{number:03d}.csv").write_text("1")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "q02.py").write_text("x = 1")
    (tmp_path / "weights.bin").write_bytes(bytes(files.MAX_FILE_BYTES + 1))
    tree = read_folder(tmp_path)
    assert tree.files["deep/q02.py"] == b"x = 1"
    assert len(tree.files) == files.MAX_SUBMISSION_FILES
    assert tree.refused["weights.bin"] == "is larger than 2 MB"
    assert "a submission may hold 500 files" in tree.refused["a504.csv"]


def test_names_that_cannot_be_shown_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "q02\x1b[2J.py").write_text("x = 1")
    (tmp_path / os.fsdecode(b"q\xff.py")).write_text("x = 1")
    tree = read_folder(tmp_path)
    assert not tree.files
    assert len(tree.refused) == 2 and all(path.isprintable() or "\ufffd" in path for path in tree.refused)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_told_and_stops_nothing(tmp_path: Path) -> None:
    write(tmp_path, {"q02.py": b"1", "q05.py": b"2", "locked/q08.py": b"3"})
    (tmp_path / "q05.py").chmod(0)
    (tmp_path / "locked").chmod(0)
    try:
        tree = read_folder(tmp_path)
    finally:
        (tmp_path / "locked").chmod(0o700)
    denied = "cannot be read (Permission denied)"
    assert (tree.files, tree.refused) == ({"q02.py": b"1"}, {"locked/": denied, "q05.py": denied})


def test_a_file_that_is_gone_when_it_is_read_is_told(tmp_path: Path) -> None:
    members, refused = list_folder(write(tmp_path, {"q02.py": b"1", "q05.py": b"2"}))
    (tmp_path / "q05.py").unlink()
    tree = gather(members, refused)
    assert tree.files == {"q02.py": b"1"}
    assert tree.refused == {"q05.py": "cannot be read (No such file or directory)"}


def test_a_submission_that_is_gone_when_it_is_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(SubmissionError, match="cannot be read"):
        read_tree(tmp_path / "alice")


def test_deep_nesting_ends(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["\x1b[2J"] * (folder.MAX_DEPTH + 3))
    deep.mkdir(parents=True)
    (deep / "q02.py").write_text("x = 1")
    tree = read_folder(tmp_path)
    assert not tree.files
    assert list(tree.refused.values()) == ["is nested too deeply"]
    assert "\x1b" not in "".join(tree.refused)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"12345")
    assert read_file(tmp_path / "x", 5) == b"12345"
    with pytest.raises(SubmissionError, match="larger than"):
        read_file(tmp_path / "x", 4)
