"""`scores.csv`: one row for each candidate, question and framework; a candidate without any has one row."""

import csv
import io
from collections.abc import Iterable

from grader.report.model import CohortResult, SubmissionResult, SubmissionSummary, View, summarize
from grader.report.phrases import Language
from grader.report.text import clean_line
from grader.report.views import as_seen
from grader.verdicts import Verdict

COLUMNS = (
    *("candidate", "question", "number", "framework", "score", "max_score"),
    *(verdict.value for verdict in Verdict),
    *("diagnosis", "problems"),
)


def write_submission(result: SubmissionResult, view: View, language: Language = "en") -> str:
    return _table((summarize(as_seen(result, view)),))


def write_cohort(cohort: CohortResult, view: View, language: Language = "en") -> str:
    return _table(as_seen(cohort, view).submissions)


def _table(submissions: tuple[SubmissionSummary, ...]) -> str:
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    table.writeheader()
    for summary in submissions:
        for row in _rows(summary):
            table.writerow({name: _cell(value) if isinstance(value, str) else value for name, value in row.items()})
    return text.getvalue()


def _rows(summary: SubmissionSummary) -> Iterable[dict[str, object]]:
    problems = [f"{problem.where}: {problem.message}" for problem in summary.problems]
    if not summary.questions:
        yield {
            "candidate": summary.candidate,
            "score": summary.score,
            "max_score": summary.max_score,
            "problems": "; ".join(problems),
        }
    for question in summary.questions:
        yield {
            "candidate": summary.candidate,
            "question": question.id,
            "number": question.number,
            "framework": question.framework,
            "score": question.score,
            "max_score": question.max_score,
            **{verdict.value: question.verdicts.get(verdict, 0) for verdict in Verdict},
            "diagnosis": question.diagnosis,
            "problems": "; ".join([*problems, *question.problems]),
        }


def _cell(text: str) -> str:
    """The text on one line, marked as text where a spreadsheet would run it as a formula."""
    line = clean_line(text)
    return f"'{line}" if line.startswith(("=", "+", "-", "@")) else line
