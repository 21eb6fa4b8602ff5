"""Reading archives: what comes through."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import tarfile
import tracemalloc
from pathlib import Path

import pytest

from grader import archive
from grader.archive import read_archive
from grader.errors import SubmissionError
from grader.folder import read_folder
from tests.grader.handed_in import (
    make_tar,
    make_zip,
)


def tar_member(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = target
    return info


@pytest.mark.parametrize("suffix", [".zip", ".tar", ".tar.gz", ".tgz"])
def test_an_archive_reads_as_the_folder_that_it_was_made_of(tmp_path: Path, suffix: str) -> None:
    files = {"q02/answer.py": b"import numpy\n", "q02/data/table.csv": b"1,2\n", "q05.py": b"x = 1\n"}
    folder = tmp_path / "alice"
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    packed = tmp_path / f"alice{suffix}"
    if suffix == ".zip":
        make_zip(packed, files)
    else:
        with tarfile.open(packed, "w" if suffix == ".tar" else "w:gz") as file:
            file.add(folder, arcname=".")
    assert read_archive(packed).files == read_folder(folder).files == files


def test_what_a_candidate_did_not_write_is_passed_over(tmp_path: Path) -> None:
    written = {"q02.py": b"1"}
    unwritten = dict.fromkeys(
        [".git/config", "__pycache__/q02.cpython-311.pyc", "__MACOSX/._q02.py", "venv/lib/x.py", ".hidden.py"], b"0"
    )
    assert read_archive(make_zip(tmp_path / "a.zip", written | unwritten)).files == written


def test_links_in_a_skipped_environment_do_not_spoil_an_honest_archive(tmp_path: Path) -> None:
    link = tar_member(".venv/bin/python", tarfile.SYMTYPE, "/usr/bin/python3")
    assert read_archive(make_tar(tmp_path / "a.tar.gz", ("q02.py", b"1"), link)).files == {"q02.py": b"1"}


def test_an_archive_is_read_as_what_it_is_whatever_its_name_says(tmp_path: Path) -> None:
    zipped = make_zip(tmp_path / "zip", {"q02.py": b"1"}).read_bytes()
    tarred = make_tar(tmp_path / "tar", ("q02.py", b"1"), mode="w").read_bytes()
    for name in ("a.zip", "a.tar.gz", "a.tgz", "a.tar"):
        for content in (zipped, tarred, gzip.compress(tarred)):
            (tmp_path / name).write_bytes(content)
            assert read_archive(tmp_path / name).files == {"q02.py": b"1"}


def test_names_in_utf_8_are_read_as_such_where_the_zip_does_not_say_so(tmp_path: Path) -> None:
    """So macOS writes them."""
    packed = make_zip(tmp_path / "a.zip", {"王小明.py": b"1"}).read_bytes()
    for signature, flags in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
        at = packed.index(signature) + flags
        packed = packed[:at] + bytes([packed[at] & ~8]) + packed[at + 1 :]
    (tmp_path / "a.zip").write_bytes(packed)
    assert read_archive(tmp_path / "a.zip").files == {"王小明.py": b"1"}


def test_names_in_another_encoding_do_not_hide_an_answer(tmp_path: Path) -> None:
    """A zip's are read as cp437, which is wrong and harmless; a tar's cannot be shown."""
    packed = make_zip(tmp_path / "a.zip", {"????/q02.py": b"1"}).read_bytes()
    (tmp_path / "a.zip").write_bytes(packed.replace(b"????", "作业".encode("gbk")))
    (path,) = read_archive(tmp_path / "a.zip").files
    assert path.endswith("/q02.py") and path.isprintable()
    with pytest.raises(SubmissionError, match=r"holds q\ufffd\.py, which .* cannot be printed; rename it"):
        read_archive(make_tar(tmp_path / "a.tar", (os.fsdecode(b"q\xff.py"), b"1"), mode="w"))


def test_names_that_differ_by_case_are_two_files(tmp_path: Path) -> None:
    members = {"q02.py": b"1", "Q02.py": b"2"}
    assert read_archive(make_zip(tmp_path / "a.zip", members)).files == members


@pytest.mark.skipif(sys.platform == "win32", reason="no resource limits here")
@pytest.mark.parametrize("suffix", [".zip", ".tar.gz"])
def test_an_archive_is_read_where_not_a_byte_can_be_written(tmp_path: Path, suffix: str) -> None:
    """So a full disk is no matter."""
    path, content = tmp_path / f"a{suffix}", bytes(1_000_000)
    if suffix == ".zip":
        make_zip(path, {"q02/table.bin": content})
    else:
        make_tar(path, ("q02/table.bin", content))
    program = "import pathlib, resource, sys; from grader.archive import read_archive\n"
    program += "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n"
    program += "print({name: len(content) for name, content in read_archive(pathlib.Path(sys.argv[1])).files.items()})"
    read = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, check=True)
    assert read.stdout.strip() == "{'q02/table.bin': 1000000}"


def test_a_small_archive_takes_little_memory(tmp_path: Path) -> None:
    path = make_tar(tmp_path / "a.tar.gz", ("q02.py", b"1"))
    tracemalloc.start()
    try:
        read_archive(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2 * archive.FREE_UNPACKED_BYTES
