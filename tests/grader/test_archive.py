"""Reading folders and archives: what comes through, and every hostile kind that does not."""

from __future__ import annotations

import gzip
import io
import os
import stat
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import archive
from grader.archive import read_archive, read_file, read_folder
from grader.errors import SubmissionError


def make_zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def make_tar(path: Path, *members: tarfile.TarInfo | tuple[str, bytes], mode: str = "w:gz") -> Path:
    with tarfile.open(path, mode) as file:  # type: ignore[call-overload]
        for member in members:
            if isinstance(member, tuple):
                info = tarfile.TarInfo(member[0])
                info.size = len(member[1])
                file.addfile(info, io.BytesIO(member[1]))
            else:
                file.addfile(member)
    return path


def tar_member(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = target
    return info


def zip_member(name: str, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = mode << 16
    return info


# What comes through


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


def test_a_folder_that_holds_one_archive_is_read_as_that_archive(tmp_path: Path) -> None:
    make_zip(tmp_path / "upload.zip", {"q02.py": b"1"})
    assert read_folder(tmp_path).files == {"q02.py": b"1"}


def test_links_in_a_skipped_environment_do_not_spoil_an_honest_archive(tmp_path: Path) -> None:
    link = tar_member(".venv/bin/python", tarfile.SYMTYPE, "/usr/bin/python3")
    assert read_archive(make_tar(tmp_path / "a.tar.gz", ("q02.py", b"1"), link)).files == {"q02.py": b"1"}


# Hostile archives


ESCAPES = ["/etc/passwd", "../q02.py", "a/../../q02.py", "..", "C:/q02.py", "c:q02.py", "a\\..\\q02.py", "\\q02.py"]


@pytest.mark.parametrize("name", [*ESCAPES, "a\nb.py", "a\x1b[2Jb.py", "x" * 300])
@pytest.mark.parametrize("make", [make_zip, make_tar])
def test_a_path_that_leads_out_or_cannot_be_shown_refuses_the_archive(
    tmp_path: Path, make: Callable[..., Path], name: str
) -> None:
    if make is make_zip:
        path = make_zip(tmp_path / "a.zip", {"q02.py": b"1", name: b"2"})
    else:
        path = make_tar(tmp_path / "a.tar.gz", ("q02.py", b"1"), (name, b"2"))
    with pytest.raises(SubmissionError, match=r"absolute|leads out|backslash|cannot be printed|longer than") as refusal:
        read_archive(path)
    assert "\n" not in str(refusal.value) and "\x1b" not in str(refusal.value)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
def test_a_tar_with_a_link_device_or_pipe_is_refused(tmp_path: Path, kind: bytes) -> None:
    path = make_tar(tmp_path / "a.tar.gz", ("q05.py", b"1"), tar_member("q02.py", kind, "q05.py"))
    with pytest.raises(SubmissionError, match=r"q02\.py, which is a link, a device"):
        read_archive(path)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK])
def test_a_zip_with_a_link_device_or_pipe_is_refused(tmp_path: Path, kind: int) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
        file.writestr(zip_member("q02.py", kind | 0o777), "/etc/passwd")
    with pytest.raises(SubmissionError, match=r"q02\.py, which is a link, a device"):
        read_archive(tmp_path / "a.zip")


def test_a_sparse_tar_member_is_refused(tmp_path: Path) -> None:
    """It would unpack to any size from nothing."""
    sparse = tarfile.TarInfo("q02.py")
    sparse.pax_headers = {"GNU.sparse.major": "0", "GNU.sparse.minor": "1", "GNU.sparse.size": str(1 << 20),
                          "GNU.sparse.map": f"0,0,{1 << 20},0"}  # fmt: skip
    with pytest.raises(SubmissionError, match=r"q02\.py"):
        read_archive(make_tar(tmp_path / "a.tar", sparse, mode="w"))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_comes_twice_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
        file.writestr("q02.py", "good")
        file.writestr("./q02.py", "evil")
    for path in (tmp_path / "a.zip", make_tar(tmp_path / "a.tar", ("q02.py", b"1"), ("q02.py", b"2"), mode="w")):
        with pytest.raises(SubmissionError, match=r"holds q02\.py twice"):
            read_archive(path)


def test_a_file_below_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SubmissionError, match="below a file"):
        read_archive(make_zip(tmp_path / "a.zip", {"q02": b"1", "q02/answer.py": b"2"}))


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    packed = bytearray(make_zip(tmp_path / "a.zip", {"q02.py": b"1"}).read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        packed[packed.index(signature) + flags] |= 1
    (tmp_path / "a.zip").write_bytes(packed)
    with pytest.raises(SubmissionError, match="encrypted; pack it without a password"):
        read_archive(tmp_path / "a.zip")


def test_a_zip_with_an_unusual_method_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_BZIP2) as file:
        file.writestr("q02.py", "1")
    with pytest.raises(SubmissionError, match="deflate"):
        read_archive(tmp_path / "a.zip")


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    zeros = bytes(30 * archive.MB)
    path = make_zip(tmp_path / "a.zip", {"q02.py": b"1", "zeros": zeros})
    assert path.stat().st_size < 40_000
    with pytest.raises(SubmissionError, match="unpacks to more than 10 MB"):
        read_archive(path)


def test_a_zip_whose_header_lies_about_the_size_yields_no_more_than_it_says(tmp_path: Path) -> None:
    packed = bytearray(make_zip(tmp_path / "a.zip", {"q02.py": bytes(30 * archive.MB)}).read_bytes())
    for signature, size in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = packed.index(signature) + size
        packed[at : at + 4] = (10).to_bytes(4, "little")
    (tmp_path / "a.zip").write_bytes(packed)
    with pytest.raises(SubmissionError, match="cannot be read as an archive"):  # the checksum no longer holds
        read_archive(tmp_path / "a.zip")


def test_a_tar_bomb_is_refused_by_the_bytes_that_come_out(tmp_path: Path) -> None:
    (tmp_path / "a.tar.gz").write_bytes(gzip.compress(bytes(30 * archive.MB)))
    with pytest.raises(SubmissionError, match="unpacks to more than 10 MB"):
        read_archive(tmp_path / "a.tar.gz")


@pytest.mark.parametrize("make", [make_zip, make_tar])
def test_too_many_members_are_refused(tmp_path: Path, make: Callable[..., Path]) -> None:
    names = [f"{number}.py" for number in range(archive.MAX_MEMBERS + 1)]
    path = tmp_path / ("a.zip" if make is make_zip else "a.tar")
    packed = (
        make_zip(path, dict.fromkeys(names, b"")) if make is make_zip else make_tar(path, *((n, b"") for n in names))
    )
    with pytest.raises(SubmissionError, match="more than 2000 members"):
        read_archive(packed)


def test_a_tar_header_of_negative_size_is_refused(tmp_path: Path) -> None:
    """Reading it naively goes backwards for ever (CVE-2025-8194)."""
    header = bytearray(tarfile.TarInfo("q02.py").tobuf(tarfile.GNU_FORMAT))
    header[124:136] = b"\xff" * 10 + b"\xfe\x00"  # -512 in base 256
    header[148:156] = b" " * 8
    header[148:156] = f"{sum(header[:512]):06o}\0 ".encode()
    (tmp_path / "a.tar").write_bytes(bytes(header) * 2 + bytes(1024))
    with pytest.raises(SubmissionError):
        read_archive(tmp_path / "a.tar")


@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz", "a.tar"])
@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04", b"PK\x05\x06" + bytes(18), b"\x1f\x8b\x08"])
def test_a_broken_archive_is_refused_or_empty(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    try:
        assert not read_archive(tmp_path / name).files
    except SubmissionError as refusal:
        assert "pack it again" in str(refusal)


@given(st.binary(max_size=600), st.integers(0, 600), st.sampled_from([".zip", ".tar.gz", ".tar"]))
def test_a_damaged_archive_raises_nothing_but_a_submission_error(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes, at: int, suffix: str
) -> None:
    path = tmp_path_factory.mktemp("damaged") / f"a{suffix}"
    members = {"q02.py": b"import torch\n", "q05/answer.py": b"import numpy\n"}
    if suffix == ".zip":
        make_zip(path, members)
    else:
        make_tar(path, *members.items(), mode="w" if suffix == ".tar" else "w:gz")
    whole = path.read_bytes()
    path.write_bytes(whole[:at] + noise + whole[at + len(noise) :])
    try:
        tree = read_archive(path)
    except SubmissionError:
        return
    assert sum(map(len, tree.files.values())) <= archive.MAX_SUBMISSION_BYTES


# Hostile folders


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
    for number in range(archive.MAX_SUBMISSION_FILES + 5):
        (tmp_path / f"a{number:03d}.csv").write_text("1")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "q02.py").write_text("x = 1")
    (tmp_path / "weights.bin").write_bytes(bytes(archive.MAX_FILE_BYTES + 1))
    tree = read_folder(tmp_path)
    assert tree.files["deep/q02.py"] == b"x = 1"
    assert len(tree.files) == archive.MAX_SUBMISSION_FILES
    assert tree.refused["weights.bin"] == "is larger than 2 MB"
    assert "a submission may hold 500 files" in tree.refused["a504.csv"]


def test_names_that_cannot_be_shown_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "q02\x1b[2J.py").write_text("x = 1")
    (tmp_path / os.fsdecode(b"q\xff.py")).write_text("x = 1")
    tree = read_folder(tmp_path)
    assert not tree.files
    assert len(tree.refused) == 2 and all(path.isprintable() or "\ufffd" in path for path in tree.refused)


def test_deep_nesting_ends(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["d"] * (archive.MAX_DEPTH + 3))
    deep.mkdir(parents=True)
    (deep / "q02.py").write_text("x = 1")
    tree = read_folder(tmp_path)
    assert not tree.files
    assert list(tree.refused.values()) == ["is nested too deeply"]


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"12345")
    assert read_file(tmp_path / "x", 5) == b"12345"
    with pytest.raises(SubmissionError, match="larger than"):
        read_file(tmp_path / "x", 4)
