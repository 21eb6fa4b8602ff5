"""The files of a submission, read into memory with trust in nothing: no link is followed, and every size is capped."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.errors import SubmissionError

MB = 1 << 20
MAX_FILE_BYTES = 2 * MB
MAX_NOTEBOOK_BYTES = 10 * MB  # a notebook carries its plots; they are dropped when its cells are taken
MAX_SUBMISSION_FILES = 500
MAX_SUBMISSION_BYTES = 20 * MB
MAX_PATH_BYTES = 240

CODE = (".py", ".ipynb")
ARCHIVES = (".zip", ".tar.gz", ".tgz", ".tar")
OTHER_ARCHIVES = (".rar", ".7z", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst")  # told, and not read
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


def read_file(path: Path, limit: int) -> bytes:
    """Content of a regular file of at most `limit` bytes. Follows no link and never waits on a pipe or device."""
    try:
        check_regular(os.lstat(path).st_mode)
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        with open(os.open(path, flags), "rb") as file:
            status = os.fstat(file.fileno())
            check_regular(status.st_mode)
            content = file.read(status.st_size + 1) if status.st_size <= limit else None
    except OSError as error:
        raise SubmissionError(f"cannot be read ({error.strerror})") from error
    if content is None or len(content) > limit:
        raise _too_large(path.name, limit)
    return content


def gather(members: Iterable[Member], refused: Mapping[str, str]) -> Tree:
    """Read `members`. Over the caps, code is kept before data, and shallow before deep."""
    files: dict[str, bytes] = {}
    left_out = dict(refused)
    total = 0
    for member in sorted(members, key=_importance):
        if member.size > limit_of(member.path):
            left_out[member.path] = str(_too_large(member.path, limit_of(member.path)))
        elif len(files) == MAX_SUBMISSION_FILES or total + member.size > MAX_SUBMISSION_BYTES:
            most = f"{MAX_SUBMISSION_FILES} files and {size_of(MAX_SUBMISSION_BYTES)}"
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


def checked_path(path: str) -> str:
    """`path` itself, where each part is a name that any system can show and hold; else raises SubmissionError."""
    if printable(path) != path:
        raise SubmissionError("has characters in its name that cannot be printed; rename it")
    if "\\" in path:
        raise SubmissionError("has a backslash in its name; rename it")
    if len(path.encode()) > MAX_PATH_BYTES:
        raise SubmissionError(f"has a path longer than {MAX_PATH_BYTES} bytes; shorten it")
    return path


def printable(text: str) -> str:
    """`text` with control, format and surrogate characters replaced, fit for a terminal and a report."""
    return "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(c) in _UNPRINTABLE else c for c in text)


def skipped(path: str) -> bool:
    """Whether this is hidden, bytecode, or an installed environment: nothing that a candidate wrote."""
    return path.lower().endswith(".pyc") or any(part.startswith(".") or part in _SKIPPED for part in path.split("/"))


def limit_of(path: str) -> int:
    """The most bytes that the file of this name may have."""
    return MAX_NOTEBOOK_BYTES if path.lower().endswith(".ipynb") else MAX_FILE_BYTES


def is_archive(path: str) -> bool:
    return path.lower().endswith((*ARCHIVES, *OTHER_ARCHIVES))


def check_regular(mode: int) -> None:
    if stat.S_ISLNK(mode):
        raise SubmissionError("is a link, and links are not followed; put the file itself there")
    if not stat.S_ISREG(mode):
        raise SubmissionError("is not a regular file")


def _too_large(path: str, limit: int) -> SubmissionError:
    remedy = "; clear its outputs and save it again" if path.lower().endswith(".ipynb") else ""
    return SubmissionError(f"is larger than {size_of(limit)}{remedy}")


def size_of(count: int) -> str:
    return f"{count / MB:.0f} MB"
