"""What a CI service shows beside the candidate's own lines: one note a criterion that lost points, where its first such
case is about a line; and what the policy refused.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.report.model import QuestionResult, SubmissionResult, View
from grader.report.phrases import Language, pick
from grader.report.sentences import in_language
from grader.report.text import clean_line, show_points
from grader.report.views import as_seen
from grader.verdicts import CANDIDATE_FAULT

_NOTEBOOK = ".ipynb.py"  # its lines are of the module that is made of the notebook's cells


@dataclass(frozen=True)
class Annotation:
    """`path` is relative to the folder where the command runs."""

    path: str
    line: int
    title: str
    message: str
    refused: bool = False


def annotations(result: SubmissionResult, view: View, language: Language) -> Iterator[Annotation]:
    """In the order of the questions. Where the submission lies is told in either view: the notes are on its files."""
    for question in as_seen(result, view).questions:
        title = clean_line(pick(question.title or question.id, question.title_zh, language))
        for finding in question.policy:
            if finding.blocking and finding.file and not finding.file.endswith(_NOTEBOOK):
                path = _path(result, question, finding.file)
                yield Annotation(path, finding.line, title, clean_line(finding.message), refused=True)
        for criterion in question.criteria:
            lost = [case for case in criterion.not_passed if case.verdict in CANDIDATE_FAULT]
            if not lost or not lost[0].file or not lost[0].line or lost[0].file.endswith(_NOTEBOOK):
                continue
            asked = clean_line(pick(criterion.title or criterion.name, criterion.title_zh, language))
            points = f"{show_points(criterion.earned)} / {show_points(criterion.points)}"
            message = clean_line(in_language(lost[0].message or lost[0].verdict.sentence, language))
            path = _path(result, question, lost[0].file)
            yield Annotation(path, lost[0].line, title, f"{asked} ({points}): {message}")


def _path(result: SubmissionResult, question: QuestionResult, file: str) -> str:
    submission = Path(result.provenance.submission or ".")
    if submission.suffix in (".py", ".ipynb"):
        return clean_line(os.path.relpath(submission))
    return clean_line(os.path.relpath(submission / question.folder / file))
