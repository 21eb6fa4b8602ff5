"""Whether a question's texts say what its rubric relies on: every signature, every point, every limit of its own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from grader.authoring.rubric_lines import place_of
from grader.authoring.stubs import FILE as STUB
from grader.authoring.stubs import is_stale
from grader.bank import Question
from grader.report.model import CriterionResult

_ROW = re.compile(r"^\|\s*(\d+(?:\.\d+)?)\s*\|")
_STATED = ("call_seconds", "total_seconds")


def prompt_faults(question: Question, points: Mapping[str, Sequence[CriterionResult]]) -> tuple[str, ...]:
    """What the prompts and starters lack; `points` are the criteria by framework.

    A prompt's table of points has a row for each criterion, which begins with its points. Criteria of the same points
    that apply to different frameworks share a row.
    """
    faults: list[str] = []
    tables = {}
    for language in ("en", "zh"):
        path = question.folder / f"prompt.{language}.md"
        if not path.exists():
            faults.append(f"{path} is not there: write what is asked in this language too")
            continue
        text = path.read_text(encoding="utf-8")
        tables[language] = _rows(text)
        faults += [f"{path}: {fault}" for fault in _unsaid(question, text)]
        faults += _unlike(question, path, tables[language], points)
    if len({tuple(row for _, row in rows) for rows in tables.values()}) > 1:
        faults.append(f"{question.folder}: the tables of points in prompt.en.md and prompt.zh.md are not alike")
    if is_stale(question):
        faults.append(f"{question.folder / STUB} is not what the entry points say: run `grader stub {question.id}`")
    return (*faults, *_starters(question))


def _unsaid(question: Question, text: str) -> Iterator[str]:
    for entry_point in question.entry_points:
        if entry_point.name + entry_point.signature not in text:
            yield f"`{entry_point.name}{entry_point.signature}` is not in it"
    for name in _STATED:
        limit = getattr(question.limits, name)
        if name in question.limits_of_its_own and not re.search(rf"(?<![\d.]){limit:g}(?![\d.]*\d)", text):
            yield f"it does not state the limit {name} = {limit:g}"


def _rows(text: str) -> list[tuple[int, float]]:
    """Line and points of each row of the table."""
    found = ((number, _ROW.match(line)) for number, line in enumerate(text.splitlines(), 1))
    return [(number, float(match[1])) for number, match in found if match]


def _unlike(
    question: Question, path: Path, rows: Sequence[tuple[int, float]], points: Mapping[str, Sequence[CriterionResult]]
) -> Iterator[str]:
    table = Counter(row for _, row in rows)
    for framework, criteria in points.items():
        for criterion in criteria:
            lacking = Counter(c.points for c in criteria)[criterion.points] - table[criterion.points]
            if lacking > 0:
                place = place_of(question, criterion.name)
                yield f"{path}: the table lacks a row of {criterion.points:g} points for {criterion.name} ({place})"
                return
        surplus = table - Counter(criterion.points for criterion in criteria)
        for number, row in rows:
            if surplus[row]:
                yield f"{path}:{number}: the table gives {row:g} points for which there is no criterion in {framework}"
                return


def _starters(question: Question) -> Iterator[str]:
    for framework in question.frameworks:
        path = question.folder / "starter" / f"{framework}_answer.py"
        if not path.exists():
            yield f"{path} is not there: give candidates something to begin with"
            continue
        text = path.read_text(encoding="utf-8")
        for entry_point in question.entry_points_of(framework).values():
            keyword = "class" if entry_point.kind == "class" else "def"
            if not re.search(rf"^{keyword} {entry_point.name}\b", text, re.MULTILINE):
                yield f"{path} does not define {entry_point.name}"
