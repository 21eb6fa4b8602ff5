"""Reads what lies at a path as a submission's files: a folder, an archive, or a single file."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from grader.archive import read_archive
from grader.errors import SubmissionError, UsageError
from grader.files import (
    ARCHIVES,
    CODE,
    Member,
    Tree,
    check_regular,
    checked_path,
    gather,
    is_archive,
    limit_of,
    printable,
    read_file,
    skipped,
)

MAX_ENTRIES = 10_000  # looked at in one folder
MAX_DEPTH = 10


def read_tree(path: Path) -> Tree:
    """The files at `path`, the submission of one candidate.

    Raises UsageError where it is no kind of submission, SubmissionError where it cannot be read.
    """
    try:
        mode = os.lstat(path).st_mode
    except OSError as error:
        raise SubmissionError(f"cannot be read ({error.strerror})") from error
    name = path.name.lower()
    if stat.S_ISDIR(mode):
        return read_folder(path)
    if name.endswith(CODE) or not stat.S_ISREG(mode):
        return Tree({checked_path(path.name): read_file(path, limit_of(name))}, {})
    if is_archive(name):
        return read_archive(path)
    raise UsageError(f"{path} is no submission; give a folder or one of {', '.join((*CODE, *ARCHIVES))}")


def read_folder(folder: Path) -> Tree:
    """Read the regular files below `folder`.

    A folder whose only file is an archive is read as that archive: so course platforms hand submissions out.
    """
    members, refused = list_folder(folder)
    if len(members) == 1 and not refused and members[0].path.lower().endswith(ARCHIVES):
        return read_archive(folder / members[0].path)
    return gather(members, refused)


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
            refused[printable(prefix) or "."] = f"cannot be read ({error.strerror})"
            continue
        left -= len(entries)
        for entry in entries:
            path = prefix + entry.name
            if skipped(path):
                continue
            try:
                status = entry.stat(follow_symlinks=False)
                if not stat.S_ISDIR(status.st_mode):
                    check_regular(status.st_mode)
                    members.append(Member(checked_path(path), status.st_size, _reader(folder / path)))
                elif path.count("/") >= MAX_DEPTH:
                    refused[printable(path)] = "is nested too deeply"
                else:
                    pending.append(path + "/")
            except (SubmissionError, OSError) as error:
                refused[printable(path)] = str(error) if isinstance(error, SubmissionError) else "cannot be read"
        if left < 0:
            refused["."] = f"holds more than {MAX_ENTRIES} entries, and the rest was not looked at"
            break
    return members, refused


def _reader(path: Path) -> Callable[[], bytes]:
    return lambda: read_file(path, limit_of(path.name))
