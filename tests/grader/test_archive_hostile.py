"""Reading hostile and broken archives: every kind is refused, with one clear sentence."""

from __future__ import annotations

import bz2
import gzip
import lzma
import random
import stat
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import archive, files
from grader.archive import read_archive
from grader.errors import SubmissionError
from tests.grader.handed_in import (
    make_tar,
    make_zip,
)


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
    zeros = bytes(30 * files.MB)
    path = make_zip(tmp_path / "a.zip", {"q02.py": b"1", "zeros": zeros})
    assert path.stat().st_size < 40_000
    with pytest.raises(SubmissionError, match="unpacks to more than 10 MB"):
        read_archive(path)


def test_a_zip_whose_header_lies_about_the_size_yields_no_more_than_it_says(tmp_path: Path) -> None:
    packed = bytearray(make_zip(tmp_path / "a.zip", {"q02.py": bytes(30 * files.MB)}).read_bytes())
    for signature, size in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = packed.index(signature) + size
        packed[at : at + 4] = (10).to_bytes(4, "little")
    (tmp_path / "a.zip").write_bytes(packed)
    with pytest.raises(SubmissionError, match="cannot be read as an archive"):  # the checksum no longer holds
        read_archive(tmp_path / "a.zip")


def test_a_tar_bomb_is_refused_by_the_bytes_that_come_out(tmp_path: Path) -> None:
    (tmp_path / "a.tar.gz").write_bytes(gzip.compress(bytes(30 * files.MB)))
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


@pytest.mark.parametrize("suffix", [".zip", ".tar.gz", ".tar"])
@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9])
def test_an_archive_that_is_cut_short_is_refused(tmp_path: Path, suffix: str, kept: float) -> None:
    members = {name: random.Random(name).randbytes(5000) for name in ("q02.py", "q05.py")}
    path = tmp_path / f"a{suffix}"
    if suffix == ".zip":
        make_zip(path, members)
    else:
        make_tar(path, *members.items(), mode="w" if suffix == ".tar" else "w:gz")
    size = path.stat().st_size if suffix != ".tar" else 2 * (512 + 5120)  # without the zeros that fill up a tar
    path.write_bytes(path.read_bytes()[: int(size * kept)])
    with pytest.raises(SubmissionError, match=r"broken or cut short; pack it again, as \.zip or \.tar\.gz"):
        read_archive(path)


@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz", "a.rar"])
@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"Rar!\x1a\x07\x01\x00" + bytes(30), "RAR"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(30), "7z"),
        (bz2.compress(b"x" * 1000), "bzip2"),
        (lzma.compress(b"x" * 1000), "xz"),
    ],
    ids=["RAR", "7z", "bzip2", "xz"],
)
def test_an_archive_of_another_kind_is_named(tmp_path: Path, name: str, content: bytes, kind: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SubmissionError, match=f"is packed as {kind}; pack it again, as .zip or .tar.gz"):
        read_archive(tmp_path / name)


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
    assert sum(map(len, tree.files.values())) <= files.MAX_SUBMISSION_BYTES
