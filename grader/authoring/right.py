"""Other right ways: whole answers in a question's `right/` that differ from the reference in style, and earn all."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from grader.authoring import header
from grader.bank import Question
from grader.source import Source


class Header(header.Header):
    """What the header says: `style` is what tells the answer from the reference."""

    style: str


@dataclass(frozen=True)
class RightAnswer:
    path: Path
    header: Header
    source: Source


def right_answers(question: Question) -> list[RightAnswer]:
    """All of the question's, in the order of their names. Raises QuestionError that names file, line and key."""
    return [RightAnswer(*found) for found in header.read_answers(question, "right", Header)]
