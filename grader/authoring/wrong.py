"""Known wrong answers: one file each in a question's `wrong/`, with a header that says which criteria must catch it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from grader.bank import Framework, Question
from grader.errors import QuestionError
from grader.proxy import Source

_HEADER = re.compile(r"^# /// wrong$(.*?)^# ///$", re.MULTILINE | re.DOTALL)


class Header(BaseModel):
    """What the header says. `loses` must lose points; `also` may; every other criterion earns all."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    framework: Framework
    loses: tuple[str, ...]
    also: tuple[str, ...] = ()
    diagnosis: str
    diagnosis_zh: str = ""


@dataclass(frozen=True)
class WrongAnswer:
    path: Path
    header: Header
    source: Source


def wrong_answers(question: Question) -> list[WrongAnswer]:
    """All of the question's, in the order of their names. Raises QuestionError that names file and key."""
    return [_read(path, question) for path in sorted((question.folder / "wrong").glob("*.py"))]


def _read(path: Path, question: Question) -> WrongAnswer:
    text = path.read_text(encoding="utf-8")
    found = _HEADER.search(text)
    if not found:
        raise QuestionError(f"{path}:1: a wrong answer begins with a header between '# /// wrong' and '# ///'")
    try:
        header = Header(**tomllib.loads("\n".join(line.removeprefix("#") for line in found[1].splitlines())))
    except tomllib.TOMLDecodeError as error:
        raise QuestionError(f"{path}: the header is not TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise QuestionError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    if header.framework not in question.frameworks:
        raise QuestionError(f"{path}: framework: {question.id} is not asked for in {header.framework}")
    return WrongAnswer(path, header, Source({path.name: text.encode()}, path.name, header.framework))
