"""Scaffold a question: a folder that passes `grader check`, to be filled with one's own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Literal, get_args

from grader.authoring.stubs import write_stub
from grader.bank import Framework, Question, load_bank, load_question
from grader.errors import UsageError

Kind = Literal["function", "model", "agent"]
KINDS: tuple[Kind, ...] = get_args(Kind)
FRAMEWORKS: tuple[Framework, ...] = get_args(Framework)
SCAFFOLD = Path(__file__).parent / "scaffold"
FIRST_NUMBER = 100  # of questions of one's own, where none is given

_ID = r"[a-z0-9]+(-[a-z0-9]+)*"
_NAMES = {"numpy": ("numpy",), "torch": ("torch",), "tensorflow": ("tensorflow", "keras")}


def new_question(
    id: str,
    kind: Kind,
    frameworks: Iterable[str],
    number: int | None,
    directory: Path,
    bank: Mapping[str, Question],
) -> Path:
    """Write the worked example of `kind` to a new folder in `directory`, named after `id`, and return that folder.

    It has the files of `frameworks` alone. Where no `number` is given, it gets the first from `FIRST_NUMBER` on that
    neither `bank` nor a question in `directory` has.

    Raises UsageError where the id, the number or the folder is taken, or a name is not as it must be.
    """
    asked = _asked(frameworks)
    if not re.fullmatch(_ID, id):
        raise UsageError(f"{id!r} is no question's id: write it in kebab case, such as batch-norm")
    folder = directory / id.replace("-", "_")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is there already; choose another id, or another folder with -o")
    taken = {**bank, **load_bank(directory, None)}
    if id in taken:
        raise UsageError(f"{id} is the id of the question in {taken[id].folder}; choose another")
    numbers = {question.number: question.folder for question in taken.values()}
    if number is None:
        number = next(n for n in count(FIRST_NUMBER) if n not in numbers)
    elif number < 1:
        raise UsageError(f"{number} is no question's number: they begin with 1")
    elif number in numbers:
        raise UsageError(f"{number} is the number of the question in {numbers[number]}; leave it out to get a free one")

    source = SCAFFOLD / kind
    for path in _files(source, set(FRAMEWORKS) - set(asked)):
        copy = folder / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text(encoding="utf-8")
        copy.write_text(_filled(text, id, number, asked) if path.name == "question.toml" else text, encoding="utf-8")
    write_stub(load_question(folder))
    return folder


def _asked(names: Iterable[str]) -> list[Framework]:
    found = list(names)
    for name in found:
        if name not in FRAMEWORKS:
            raise UsageError(f"there is no framework {name!r}; choose from {', '.join(FRAMEWORKS)}")
    if not found:
        raise UsageError(f"a question is asked in at least one framework; choose from {', '.join(FRAMEWORKS)}")
    return [name for name in FRAMEWORKS if name in found]


def _files(source: Path, left_out: set[Framework]) -> Iterator[Path]:
    """The scaffold's files. A file of one framework begins or ends with its name."""
    for path in sorted(source.rglob("*.*")):
        hidden = any(part.startswith((".", "__")) for part in path.relative_to(source).parts)
        words = path.stem.split("_")
        if path.is_file() and not hidden and not {words[0], words[-1]} & left_out:
            yield path


def _filled(toml: str, id: str, number: int, frameworks: list[Framework]) -> str:
    """The scaffold's question.toml with these values in it, and without the lines of other frameworks."""
    for key, value in (
        ("id", f'"{id}"'),
        ("number", str(number)),
        ("frameworks", "[" + ", ".join(f'"{name}"' for name in frameworks) + "]"),
    ):
        toml = re.sub(rf'(?m)^{key} = ("[^"]*"|\[.*\]|\d+)', f"{key} = {value}", toml, count=1)
    left_out = {name for framework in FRAMEWORKS if framework not in frameworks for name in _NAMES[framework]}
    return "".join(line for line in toml.splitlines(keepends=True) if _first_word(line) not in left_out)


def _first_word(line: str) -> str:
    found = re.match(r'\s*"?(\w+)', line)
    return found[1] if found else ""
