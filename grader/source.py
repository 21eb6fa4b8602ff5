"""An answer's code, as a worker loads it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Place:
    """A line of an answer's own, counted from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Source:
    """The code that a worker loads."""

    files: Mapping[str, bytes]
    main: str
    framework: str

    def place_of(self, name: str) -> Place | None:
        """Where the function or class `name` is defined in the main file, if it is."""
        text = self.files.get(self.main, b"")
        found = re.search(rb"^(?:async )?(?:def|class) +%b\b" % re.escape(name.encode()), text, re.MULTILINE)
        return Place(self.main, text.count(b"\n", 0, found.start()) + 1) if found else None

    def text_of(self, place: Place) -> str:
        """The line's text, without the spaces around it; empty where there is no such line."""
        lines = self.files.get(place.file, b"").split(b"\n")
        return lines[place.line - 1].decode(errors="replace").strip() if place.line <= len(lines) else ""

    def has_line(self, file: Any, line: Any) -> bool:
        return type(line) is int and file in self.files and 0 < line <= 1 + self.files[file].count(b"\n")
