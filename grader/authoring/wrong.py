"""Known wrong answers: one file each in a question's `wrong/`, with a header that says which criteria must catch it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from grader.authoring import header
from grader.bank import Question
from grader.source import Source


class Header(header.Header):
    """What the header says. `loses` must lose points; `also` may; every other criterion earns all."""

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
    """All of the question's, in the order of their names. Raises QuestionError that names file, line and key."""
    return [WrongAnswer(*found) for found in header.read_answers(question, "wrong", Header)]
