"""`annotations.txt`: GitHub's workflow commands, which put a note on each line of the candidate's that lost points once
they are printed in a job. None for a cohort.

Source: GitHub Docs, "Workflow commands for GitHub Actions".
"""

from grader.report.annotations import annotations
from grader.report.model import CohortResult, SubmissionResult, View
from grader.report.phrases import Language
from grader.report.text import clean_text

_MOST = 10  # notes of a kind that GitHub shows for a step


def write_submission(result: SubmissionResult, view: View, language: Language = "en") -> str:
    lines = [
        f"::{'error' if note.refused else 'warning'} file={_property(note.path)},line={note.line},"
        f"title={_property(note.title)}::{_data(note.message)}"
        for note in annotations(result, view, language)
    ]
    refused = [line for line in lines if line.startswith("::error")][:_MOST]
    lost = [line for line in lines if line.startswith("::warning")][:_MOST]
    return clean_text("".join(f"{line}\n" for line in (*refused, *lost)))


def write_cohort(cohort: CohortResult, view: View, language: Language = "en") -> str:
    return ""


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
