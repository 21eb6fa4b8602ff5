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

_NUMBER = re.compile(r"\d+(\.\d+)?")
_STATED = ("call_seconds", "total_seconds")


def prompt_faults(question: Question, points: Mapping[str, Sequence[CriterionResult]]) -> tuple[str, ...]:
    """What the prompts and starters lack; `points` are the criteria by framework.

    A prompt's table of points has a row for each criterion, which begins with its points. Criteria of the same points
    that apply to different frameworks may share a row; or the table has a column for each framework, or several.
    """
    faults: list[str] = []
    tables: dict[str, list[list[float]]] = {}
    for language in ("en", "zh"):
        path = question.folder / f"prompt.{language}.md"
        if not path.exists():
            faults.append(f"{path} is not there: write what is asked in this language too")
            continue
        text = path.read_text(encoding="utf-8")
        faults += [f"{path}: {fault}" for fault in _unsaid(question, text)]
        for framework, criteria in points.items():
            rows = _rows(text, framework)
            tables.setdefault(framework, []).append([row for _, row in rows])
            faults += _unlike(question, path, framework, rows, criteria)
    if any(table != found[0] for found in tables.values() for table in found):
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


def _rows(text: str, framework: str) -> list[tuple[int, float]]:
    """Line and points of each row of the table, in the framework's column where it has one."""
    found: list[tuple[int, float]] = []
    column, inside = 0, False
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("|"):
            inside = False
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not inside:
            column = next((i for i, cell in enumerate(cells) if framework in re.split(r"[\s,，、/]+", cell.lower())), 0)
            inside = True
        elif column < len(cells) and _NUMBER.fullmatch(cells[column]):
            found.append((number, float(cells[column])))
    return found


def _unlike(
    question: Question,
    path: Path,
    framework: str,
    rows: Sequence[tuple[int, float]],
    criteria: Sequence[CriterionResult],
) -> Iterator[str]:
    table, judged = Counter(row for _, row in rows), Counter(criterion.points for criterion in criteria)
    for criterion in criteria:
        if judged[criterion.points] > table[criterion.points]:
            place = place_of(question, criterion.name)
            yield f"{path}: the table lacks a row of {criterion.points:g} points for {criterion.name} ({place})"
            return
    for number, row in rows:
        if table[row] > judged[row]:
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
