"""The hostile answers in `answers/`: each a file, or a folder with ``answer.py``, whose header says what it is up to.

A header is TOML in comments, between ``# /// attack`` and ``# ///``:

    title       what it tries, in a few words
    aim         what the attacker would gain
    source      where it was seen in public, if anywhere
    framework   "numpy" where it is left out
    honest      the criteria that it may earn, since it answers them honestly; none where it is left out
    verdict     one that its cases must have, where a limit or a refusal is what must stop it
    refused     whether the policy sees the attack in the source; false where it is left out
    checked     what the trusted side looks at, beyond what it looks at for every attack
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from grader.verdicts import Verdict

ANSWERS = Path(__file__).parent / "answers"
_OPEN, _CLOSE = "# /// attack\n", "# ///\n"


class Attack(BaseModel):
    """One hostile answer. `files` are its files by name; ``answer.py`` is the one that is loaded."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    files: Mapping[str, bytes]
    title: str
    aim: str
    source: str = ""
    framework: str = "numpy"
    honest: tuple[str, ...] = ()
    verdict: Verdict | None = None
    refused: bool = False
    checked: str = ""

    def mentions(self, word: str) -> bool:
        return any(word.encode() in content for content in self.files.values())


@cache
def attacks() -> tuple[Attack, ...]:
    """Every attack, by name."""
    return tuple(_read(path) for path in sorted(ANSWERS.iterdir()) if path.name != "__pycache__")


def _read(path: Path) -> Attack:
    if path.is_dir():
        files = {str(p.relative_to(path)): p.read_bytes() for p in sorted(path.rglob("*")) if p.is_file()}
    else:
        files = {"answer.py": path.read_bytes()}
    _, opened, rest = files["answer.py"].decode().partition(_OPEN)
    header, closed, _ = rest.partition(_CLOSE)
    if not (opened and closed):
        raise ValueError(f"{path}: the answer has no header; begin it with {_OPEN.strip()!r}")
    lines = [line.removeprefix("#").removeprefix(" ") for line in header.splitlines()]
    return Attack(name=path.stem, files=files, **tomllib.loads("\n".join(lines)))
