"""Files that the engine writes for its user."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import uuid4

from grader.errors import UsageError


def write_whole(path: Path, content: str) -> None:
    """Write a text file that appears whole or not at all, with the folders that it needs.

    Raises UsageError where it cannot be written.
    """
    unfinished = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            unfinished.write_text(content, encoding="utf-8", newline="\n")
            os.replace(unfinished, path)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror}): choose another folder for it.") from error
