"""`codequality.json`: GitLab's Code Quality report, which puts a note on each line of the candidate's that lost points
in a merge request. Empty for a cohort.

Source: GitLab Docs, "Code Quality", the report's format (a subset of the Code Climate specification).
"""

import hashlib
import json

from grader.report.annotations import annotations
from grader.report.model import CohortResult, SubmissionResult, View
from grader.report.phrases import Language
from grader.report.text import clean_text


def write_submission(result: SubmissionResult, view: View, language: Language = "en") -> str:
    notes = [
        {
            "description": f"{note.title}: {note.message}",
            "check_name": "policy" if note.refused else "rubric",
            "fingerprint": hashlib.sha256(
                f"{note.path}\0{note.line}\0{note.title}\0{note.message}".encode()
            ).hexdigest(),
            "severity": "critical" if note.refused else "major",
            "location": {"path": note.path, "lines": {"begin": note.line}},
        }
        for note in annotations(result, view, language)
    ]
    return clean_text(json.dumps(notes, ensure_ascii=False, indent=2)) + "\n"


def write_cohort(cohort: CohortResult, view: View, language: Language = "en") -> str:
    return "[]\n"
