"""Where in a rubric a criterion stands."""

from __future__ import annotations

import re

from grader.bank import Question


def place_of(question: Question, criterion: str) -> str:
    """`rubric.py:57`"""
    text = question.rubric.read_text(encoding="utf-8")
    found = re.search(rf"^def {re.escape(criterion)}\b", text, re.MULTILINE)
    return f"{question.rubric}:{text.count(chr(10), 0, found.start()) + 1}" if found else str(question.rubric)
