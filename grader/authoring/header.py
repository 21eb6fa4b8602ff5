"""The header of an answer that an author has written down: TOML in comments, as in PEP 723."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from grader.bank import Framework, Question
from grader.errors import QuestionError
from grader.source import Source


class Header(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    framework: Framework


H = TypeVar("H", bound=Header)


def read_answers(question: Question, kind: str, header: type[H]) -> Iterator[tuple[Path, H, Source]]:
    """The answers in the question's folder `kind`, in the order of their names, each with its `# /// kind` header.

    Raises QuestionError that names file, line and key.
    """
    for path in sorted((question.folder / kind).glob("*.py")):
        text = path.read_text(encoding="utf-8")
        found = re.search(rf"^# /// {kind}$(.*?)^# ///$", text, re.MULTILINE | re.DOTALL)
        if not found:
            raise QuestionError(f"{path}:1: a {kind} answer begins with a header between '# /// {kind}' and '# ///'")
        line = text[: found.start()].count("\n") + 1
        try:
            table = tomllib.loads("\n".join(line.removeprefix("#") for line in found[1].splitlines()))
            says = header(**table)
        except tomllib.TOMLDecodeError as error:
            raise QuestionError(f"{path}:{line}: the header is not TOML: {error}") from error
        except ValidationError as error:
            first = error.errors()[0]
            raise QuestionError(f"{path}:{line}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
        if says.framework not in question.frameworks:
            raise QuestionError(f"{path}:{line}: framework: {question.id} is not asked for in {says.framework}")
        yield path, says, Source({path.name: text.encode()}, path.name, says.framework)
