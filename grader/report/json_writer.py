"""`result.json`: the model itself."""

import json
from typing import Any

from grader.report.model import CohortResult, SubmissionResult, View
from grader.report.phrases import Language
from grader.report.text import clean_text
from grader.report.views import as_seen


def write_submission(result: SubmissionResult, view: View, language: Language = "en") -> str:
    return _document(as_seen(result, view))


def write_cohort(cohort: CohortResult, view: View, language: Language = "en") -> str:
    return _document(as_seen(cohort, view))


def _document(result: SubmissionResult | CohortResult) -> str:
    data = result.model_dump(mode="json")
    data["provenance"] = _sorted(data["provenance"])
    return clean_text(json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False)) + "\n"


def _sorted(value: Any) -> Any:
    return {key: _sorted(value[key]) for key in sorted(value)} if isinstance(value, dict) else value
