"""Reads a folder or an archive into memory, trusting nothing in it.

Nothing is unpacked to disk and no link is followed, so no name in a submission can point anywhere. A folder's bad files
are left out one by one; an archive with a bad member is refused as a whole.
"""

from __future__ import annotations

import gzip
import io
import os
import re
import stat
import tarfile
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath

from grader.errors import SubmissionError

MB = 1 << 20
MAX_FILE_BYTES = 2 * MB
MAX_NOTEBOOK_BYTES = 10 * MB  # a notebook carries its plots; they are dropped when its cells are taken
MAX_SUBMISSION_FILES = 500
MAX_SUBMISSION_BYTES = 20 * MB
MAX_MEMBERS = 2_000
MAX_UNPACKED_BYTES = 100 * MB
MAX_RATIO = 200  # unpacked to packed; source code packs about 5 to 1
FREE_UNPACKED_BYTES = 10 * MB  # below this no ratio is a bomb
MAX_ENTRIES = 10_000  # looked at in one folder
MAX_DEPTH = 10
MAX_PATH_BYTES = 240

CODE = (".py", ".ipynb")
ARCHIVES = (".zip", ".tar.gz", ".tgz", ".tar")
_SKIPPED = {"__pycache__", "__MACOSX", "venv", "node_modules"}
_UNPRINTABLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


@dataclass(frozen=True)
class Tree:
    """The files of a submission.

    Attributes:
        files: Relative posix path -> content.
        refused: Relative posix path -> why the file was left out, a clause such as ``"is a link"``.
    """

    files: Mapping[str, bytes]
    refused: Mapping[str, str]


@dataclass(frozen=True)
class Member:
    """One file of a folder or archive, not read yet. `read` returns at most `size` bytes or raises SubmissionError."""

    path: str
    size: int
    read: Callable[[], bytes]


def read_folder(folder: Path) -> Tree:
    """Read the regular files below `folder`. Over the caps, code is kept before data, and shallow before deep.

    A folder whose only file is an archive is read as that archive: so course platforms hand submissions out.
    """
    members, refused = list_folder(folder)
    if len(members) == 1 and not refused and members[0].path.lower().endswith(ARCHIVES):
        return read_archive(folder / members[0].path)
    return _gather(members, refused)


def read_archive(path: Path) -> Tree:
    """Read a ``.zip``, ``.tar``, ``.tar.gz`` or ``.tgz``.

    Raises SubmissionError where it is broken, too large, or holds anything but folders and regular files below its top.
    """
    packed = read_file(path, MAX_UNPACKED_BYTES)
    allowed = min(MAX_UNPACKED_BYTES, max(FREE_UNPACKED_BYTES, MAX_RATIO * len(packed)))
    try:
        members = list(_zip_members(packed) if path.name.lower().endswith(".zip") else _tar_members(packed, allowed))
        if sum(member.size for member in members) > allowed:
            raise _bomb(allowed)
        _check_distinct(member.path for member in members)
        return _gather([member for member in members if not skipped(member.path)], {})
    except SubmissionError:
        raise
    except Exception as error:  # the parsers of the standard library raise a score of types on hostile bytes
        raise SubmissionError(f"cannot be read as an archive ({type(error).__name__}); pack it again") from error


def read_file(path: Path, limit: int) -> bytes:
    """Content of a regular file of at most `limit` bytes. Follows no link and never waits on a pipe or device."""
    try:
        _check_regular(os.lstat(path).st_mode)
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        with open(os.open(path, flags), "rb") as file:
            status = os.fstat(file.fileno())
            _check_regular(status.st_mode)
            content = file.read(limit + 1) if status.st_size <= limit else None
    except OSError as error:
        raise SubmissionError(f"cannot be read ({error.strerror})") from error
    if content is None or len(content) > limit:
        raise SubmissionError(f"is larger than {_size(limit)}")
    return content


def list_folder(folder: Path) -> tuple[list[Member], dict[str, str]]:
    """The regular files below `folder`, shallow first, and what is refused with the reason. Reads no file."""
    members: list[Member] = []
    refused: dict[str, str] = {}
    pending = [""]
    left = MAX_ENTRIES
    while pending:
        prefix = pending.pop(0)
        try:
            with os.scandir(folder / prefix) as scan:
                entries = sorted(islice(scan, left + 1), key=lambda entry: entry.name)
        except OSError as error:
            refused[prefix or "."] = f"cannot be read ({error.strerror})"
            continue
        left -= len(entries)
        for entry in entries:
            path = prefix + entry.name
            if skipped(path):
                continue
            try:
                status = entry.stat(follow_symlinks=False)
                if not stat.S_ISDIR(status.st_mode):
                    _check_regular(status.st_mode)
                    members.append(Member(checked_path(path), status.st_size, _file_reader(folder / path)))
                elif path.count("/") >= MAX_DEPTH:
                    refused[path] = "is nested too deeply"
                else:
                    pending.append(path + "/")
            except (SubmissionError, OSError) as error:
                refused[printable(path)] = str(error) if isinstance(error, SubmissionError) else "cannot be read"
        if left < 0:
            refused["."] = f"holds more than {MAX_ENTRIES} entries, and the rest was not looked at"
            break
    return members, refused


def printable(text: str) -> str:
    """`text` with control, format and surrogate characters replaced, fit for a terminal and a report."""
    return "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(c) in _UNPRINTABLE else c for c in text)


def _gather(members: Iterable[Member], refused: Mapping[str, str]) -> Tree:
    files: dict[str, bytes] = {}
    left_out = dict(refused)
    total = 0
    for member in sorted(members, key=_importance):
        limit = MAX_NOTEBOOK_BYTES if member.path.lower().endswith(".ipynb") else MAX_FILE_BYTES
        if member.size > limit:
            left_out[member.path] = f"is larger than {_size(limit)}"
        elif len(files) == MAX_SUBMISSION_FILES or total + member.size > MAX_SUBMISSION_BYTES:
            most = f"{MAX_SUBMISSION_FILES} files and {_size(MAX_SUBMISSION_BYTES)}"
            left_out[member.path] = f"was left out; a submission may hold {most}"
        else:
            try:
                files[member.path] = member.read()
                total += len(files[member.path])
            except SubmissionError as error:
                left_out[member.path] = str(error)
    return Tree(files, left_out)


def _importance(member: Member) -> tuple[bool, int, str]:
    return not member.path.lower().endswith((*CODE, ".toml", ".md")), member.path.count("/"), member.path


def _zip_members(packed: bytes) -> Iterator[Member]:
    # Every entry that zipfile parses starts with this signature: the count bounds its work and memory beforehand.
    if packed.count(b"PK\x01\x02") > MAX_MEMBERS:
        raise SubmissionError(f"holds more than {MAX_MEMBERS} members; leave out environments and data")
    archive = zipfile.ZipFile(io.BytesIO(packed))
    for info in archive.infolist():
        path = _checked_member(info.orig_filename)
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


def _file_reader(path: Path) -> Callable[[], bytes]:
    return lambda: read_file(path, MAX_NOTEBOOK_BYTES)


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


def _check_regular(mode: int) -> None:
    if stat.S_ISLNK(mode):
        raise SubmissionError("is a link, and links are not followed; put the file itself there")
    if not stat.S_ISREG(mode):
        raise SubmissionError("is not a regular file")


def checked_path(path: str) -> str:
    """`path` itself, where each part is a name that any system can show and hold; else raises SubmissionError."""
    if printable(path) != path:
        raise SubmissionError("has characters in its name that cannot be printed; rename it")
    if "\\" in path:
        raise SubmissionError("has a backslash in its name; rename it")
    if len(path.encode()) > MAX_PATH_BYTES:
        raise SubmissionError(f"has a path longer than {MAX_PATH_BYTES} bytes; shorten it")
    return path


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


def skipped(path: str) -> bool:
    """Whether this is hidden, bytecode, or an installed environment: nothing that a candidate wrote."""
    return path.lower().endswith(".pyc") or any(part.startswith(".") or part in _SKIPPED for part in path.split("/"))


def _not_a_file(path: str) -> SubmissionError:
    return SubmissionError(f"holds {path}, which is a link, a device or the like; pack regular files only")


def _bomb(allowed: int) -> SubmissionError:
    return SubmissionError(f"unpacks to more than {_size(allowed)}; leave out environments and data")


def _size(count: int) -> str:
    return f"{count / MB:.0f} MB"
