"""Reads an archive into memory. Nothing is unpacked to disk: no name in it can point anywhere, and no disk be full.

An archive with a bad member is refused as a whole.
"""

from __future__ import annotations

import gzip
import io
import re
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath

from grader.errors import SubmissionError
from grader.files import MB, Member, Tree, checked_path, gather, printable, read_file, size_of, skipped

MAX_MEMBERS = 2_000
MAX_UNPACKED_BYTES = 100 * MB
MAX_RATIO = 200  # unpacked to packed; source code packs about 5 to 1
FREE_UNPACKED_BYTES = 10 * MB  # below this no ratio is a bomb
_UTF8_NAME = 0x800  # a flag of a zip's member
_OTHER = {b"Rar!": "RAR", b"7z\xbc\xaf": "7z", b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"\x28\xb5\x2f\xfd": "zstandard"}


def read_archive(path: Path) -> Tree:
    """Read a ``.zip``, ``.tar``, ``.tar.gz`` or ``.tgz``. What it is is told by its first bytes before its name.

    Raises SubmissionError where it is broken, too large, or holds anything but folders and regular files below its top.
    """
    packed = read_file(path, MAX_UNPACKED_BYTES)
    allowed = min(MAX_UNPACKED_BYTES, max(FREE_UNPACKED_BYTES, MAX_RATIO * len(packed)))
    try:
        members = list(_zip_members(packed) if _is_zip(path.name, packed) else _tar_members(packed, allowed))
        if sum(member.size for member in members) > allowed:
            raise _bomb(allowed)
        _check_distinct(member.path for member in members)
        return gather([member for member in members if not skipped(member.path)], {})
    except SubmissionError:
        raise
    except Exception as error:  # the parsers of the standard library raise a score of types on hostile bytes
        how = next((f"is packed as {name}" for start, name in _OTHER.items() if packed.startswith(start)), None)
        how = how or f"cannot be read as an archive ({type(error).__name__}); it is broken or cut short"
        raise SubmissionError(f"{how}; pack it again, as .zip or .tar.gz") from error


def _is_zip(name: str, packed: bytes) -> bool:
    if packed.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return True
    return name.lower().endswith(".zip") and packed[:2] != b"\x1f\x8b" and packed[257:262] != b"ustar"


def _zip_members(packed: bytes) -> Iterator[Member]:
    # Every entry that zipfile parses starts with this signature: the count bounds its work and memory beforehand.
    if packed.count(b"PK\x01\x02") > MAX_MEMBERS:
        raise SubmissionError(f"holds more than {MAX_MEMBERS} members; leave out environments and data")
    archive = zipfile.ZipFile(io.BytesIO(packed))
    for info in archive.infolist():
        path = _checked_member(_zip_name(info))
        kind = stat.S_IFMT(info.external_attr >> 16)
        if info.flag_bits & 0x1:
            raise SubmissionError(f"holds {path}, which is encrypted; pack it without a password")
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR) and not skipped(path):
            raise _not_a_file(path)
        if info.is_dir() or kind == stat.S_IFDIR:
            continue
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise SubmissionError(f"holds {path}, which is not packed with deflate; pack it with an ordinary zip")
        yield Member(path, info.file_size, _zip_reader(archive, info))


def _zip_name(info: zipfile.ZipInfo) -> str:
    """The member's name. Some packers, macOS's among them, write UTF-8 and do not say so: zipfile then reads cp437."""
    if info.flag_bits & _UTF8_NAME:
        return info.orig_filename
    try:
        return info.orig_filename.encode("cp437").decode()
    except UnicodeError:
        return info.orig_filename


def _tar_members(packed: bytes, allowed: int) -> Iterator[Member]:
    raw = packed
    if packed.startswith(b"\x1f\x8b"):
        with gzip.open(io.BytesIO(packed)) as stream:
            raw = stream.read(allowed + 1)  # the bytes that really come out, whatever the headers say
        if len(raw) > allowed:
            raise _bomb(allowed)
    archive = tarfile.open(fileobj=io.BytesIO(raw), mode="r:")  # noqa: SIM115  (members read from it later)
    for count, info in enumerate(archive):
        path = _checked_member(info.name)
        if count >= MAX_MEMBERS:
            raise SubmissionError(f"holds more than {MAX_MEMBERS} members; leave out environments and data")
        if info.isdir() or (not info.isreg() and skipped(path)):
            continue
        if not info.isreg() or info.issparse() or info.size < 0:
            raise _not_a_file(path)
        yield Member(path, info.size, _tar_reader(archive, info))
    # Before a header that is broken or not there tarfile ends in silence; an end that is meant is a block of zeros.
    if raw[archive.offset : archive.offset + tarfile.BLOCKSIZE] != bytes(tarfile.BLOCKSIZE):
        raise tarfile.ReadError


def _zip_reader(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], bytes]:
    def read() -> bytes:
        with archive.open(info) as source:
            return source.read(info.file_size)

    return read


def _tar_reader(archive: tarfile.TarFile, info: tarfile.TarInfo) -> Callable[[], bytes]:
    def read() -> bytes:
        source = archive.extractfile(info)
        return source.read(info.size) if source else b""

    return read


def _checked_member(name: str) -> str:
    """The name of an archive's member as a relative posix path without ``.`` parts."""
    try:
        checked_path(name)
    except SubmissionError as error:
        raise SubmissionError(f"holds {printable(name[:80])}, which {error}") from None
    if name.startswith("/") or re.match(r"[A-Za-z]:", name):
        raise SubmissionError(f"holds {name}, which is an absolute path; pack relative paths")
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise SubmissionError(f"holds {name}, which leads out of it; pack the folder itself")
    return "/".join(parts) or "."


def _check_distinct(paths: Iterable[str]) -> None:
    seen: set[str] = set()
    for path in paths:
        if path in seen:
            raise SubmissionError(f"holds {path} twice; pack it again")
        seen.add(path)
    for path in seen:
        if not seen.isdisjoint(map(str, PurePosixPath(path).parents)):
            raise SubmissionError(f"holds {path}, which lies below a file; pack it again")


def _not_a_file(path: str) -> SubmissionError:
    return SubmissionError(f"holds {path}, which is a link, a device or the like; pack regular files only")


def _bomb(allowed: int) -> SubmissionError:
    return SubmissionError(f"unpacks to more than {size_of(allowed)}; leave out environments and data")
