"""`report.html`: one file that needs no other, no script and no network, on screen in light and dark, and on paper."""

from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined

from grader.report.model import CohortResult, SubmissionResult, View
from grader.report.text import clean_text, provenance_facts, show_percent, show_points, show_verdicts
from grader.report.views import as_seen
from grader.verdicts import CANDIDATE_FAULT, Verdict


def write_submission(result: SubmissionResult, view: View) -> str:
    result = as_seen(result, view)
    return _render("submission.html", result=result, facts=provenance_facts(result.provenance))


def write_cohort(cohort: CohortResult, view: View) -> str:
    cohort = as_seen(cohort, view)
    return _render("cohort.html", cohort=cohort, facts=provenance_facts(cohort.provenance))


def _render(template: str, **content: object) -> str:
    return clean_text(_TEMPLATES.get_template(template).render(content))


def _tone(verdict: Verdict) -> str:
    """The CSS class of a verdict: whose turn it is."""
    if verdict is Verdict.PASSED:
        return "passed"
    return "failed" if verdict in CANDIDATE_FAULT else "open"


def _folder(candidate: str) -> str:
    """A candidate's folder as a relative link that cannot be read as a scheme, a host or an anchor."""
    return f"./{quote(candidate, safe='')}"


_TEMPLATES = Environment(
    loader=PackageLoader("grader.report"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_TEMPLATES.filters.update(points=show_points, tone=_tone, verdicts=show_verdicts, folder=_folder)
_TEMPLATES.globals.update(percent=show_percent)
