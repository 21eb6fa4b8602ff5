"""Which submissions a folder holds, and what their candidates are called."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from grader.errors import UsageError
from grader.files import is_archive, printable, skipped
from grader.folder import list_folder
from grader.layout import Layout, Names, is_code, stem_of
from grader.manifest import MANIFEST

MAX_NAME = 100  # characters of a candidate's name
MAX_NAME_BYTES = 200
_DIVIDING = {"src", "code", "answers", "solutions", "notebooks"}  # folders that divide one submission


def members_of(folder: Path, names: Names) -> list[Path]:
    """The submissions in a cohort; none where `folder` is one submission itself."""
    if not folder.is_dir():
        return []
    try:
        entries = sorted(entry for entry in folder.iterdir() if not skipped(entry.name))
    except OSError as error:
        raise UsageError(f"{folder} cannot be read ({error.strerror})") from error
    if not entries:
        raise UsageError(f"{folder} is empty; put answers there, such as {names.example()}, or submissions")
    members, refused = list_folder(folder)
    layout = Layout([*(member.path for member in members), *refused], names)
    tops = {located[0] for path in layout.code if (located := layout.locate(path))} & {entry.name for entry in entries}
    if tops or names.read(folder.name).question or folder / MANIFEST in entries:
        return []
    modules = [entry for entry in entries if is_code(entry.name) and entry.is_file()]
    others = [entry for entry in entries if not entry.is_file() or entry.is_symlink() or is_archive(entry.name)]
    if any(entry.name.lower() in _DIVIDING or names.read(entry.name).is_framework for entry in others):
        return []
    if names.sole and any(names.read(stem_of(entry.name)).role is not None for entry in modules):
        return []
    loose = modules if names.sole and len(modules) + len(others) > 1 else []
    return sorted({*loose, *others})


def path_name(path: Path, names: Names) -> str:
    """The candidate's name by a path: ``alice`` of ``alice.zip``, ``alice/q02.py`` and ``alice/q02/answer.py``."""
    absolute = Path(os.path.abspath(path))
    for part in (stem_of(absolute.name), *(parent.name for parent in absolute.parents)):
        said = names.read(part)
        if part and not said.question and said.role is None and part.lower() not in _DIVIDING:
            return safe_name(part)
    return safe_name(stem_of(absolute.name))


def safe_name(text: str) -> str:
    """`text` as a folder's name on any system: not hidden, and not the name of a report file beside it."""
    shown = re.sub(r'[/\\:*?"<>|]', "_", printable(unicodedata.normalize("NFC", text)))
    shown = re.sub(r"\.(json|html?|xml|csv|md|db|sqlite)$", r"_\1", shown.strip(), flags=re.IGNORECASE)
    cut = shown.lstrip(". ")[:MAX_NAME].encode()[:MAX_NAME_BYTES].decode(errors="ignore")
    return cut.rstrip(". ") or "unnamed"


def distinct(names: Sequence[str], claimed: Sequence[bool]) -> list[str]:
    """`names`, where the second "alice" is "alice (2)", and one that is `claimed` comes after those that are not."""
    result: dict[int, str] = {}
    taken: set[str] = set()
    for index in sorted(range(len(names)), key=claimed.__getitem__):
        name, number = names[index], 1
        while name.casefold() in taken:
            number += 1
            suffix = f" ({number})"
            name = names[index][: MAX_NAME - len(suffix)] + suffix
        taken.add(name.casefold())
        result[index] = name
    return [result[index] for index in range(len(names))]
