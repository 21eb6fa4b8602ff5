"""`report.html`: one file that needs no other, no script and no network, on screen in light and dark, and on paper.

Both languages are in it, and style sheets alone switch between them, and hide what earned full marks.
"""

from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from grader.report import pictures
from grader.report.model import CohortResult, CriterionResult, SubmissionResult, View
from grader.report.phrases import LANGUAGES, PHRASES, Language
from grader.report.sentences import in_chinese
from grader.report.text import clean_text, provenance_facts, show_percent, show_points
from grader.report.views import as_seen
from grader.verdicts import CANDIDATE_FAULT, Verdict


def write_submission(result: SubmissionResult, view: View, language: Language = "en") -> str:
    result = as_seen(result, view)
    return _render("submission.html", language, result=result, facts=provenance_facts(result.provenance))


def write_cohort(cohort: CohortResult, view: View, language: Language = "en") -> str:
    cohort = as_seen(cohort, view)
    ranked = sorted(cohort.submissions, key=lambda s: (-_share(s.score, s.max_score), s.candidate))
    cells = {s.candidate: {(q.number, q.id, q.framework): q for q in s.questions} for s in ranked}
    facts = provenance_facts(cohort.provenance)
    shares = [_share(s.score, s.max_score) for s in ranked]
    return _render("cohort.html", language, cohort=cohort, ranked=ranked, cells=cells, shares=shares, facts=facts)


def _render(template: str, language: Language, **content: object) -> str:
    return clean_text(_TEMPLATES.get_template(template).render(content, language=language, languages=LANGUAGES))


def _phrase(key: str) -> Markup:
    """The phrase in both languages."""
    return _both(*PHRASES[key])


def _both(english: str, chinese: str) -> Markup:
    """A text in both languages; in one, where there is no other."""
    if not chinese or chinese == english:
        return Markup("{}").format(english)
    return Markup('<span class="en" lang="en">{}</span><span class="zh" lang="zh">{}</span>').format(english, chinese)


def _verdicts(counts: dict[Verdict, int]) -> Markup:
    """`31 passed, 4 wrong answer`, in both languages."""
    found = [
        Markup("{} {}").format(counts[verdict], _phrase(verdict.value)) for verdict in Verdict if counts.get(verdict)
    ]
    return Markup(", ").join(found)


def _tone(verdict: Verdict) -> str:
    """The CSS class of a verdict: whose turn it is."""
    if verdict is Verdict.PASSED:
        return "passed"
    return "failed" if verdict in CANDIDATE_FAULT else "open"


def _share(score: float, max_score: float) -> float:
    return score / max_score if max_score else 0.0


def _level(score: float, max_score: float) -> int:
    """0 for nothing up to 5 for everything: the class of a cell."""
    return int(5 * _share(score, max_score) + 1e-9)


def _titled(criterion: CriterionResult) -> Markup:
    return _both(criterion.title or criterion.name, criterion.title_zh)


def _message(sentence: str) -> Markup:
    return _both(sentence, in_chinese(sentence))


def _unit(unit: str) -> Markup:
    """An author's word; in both languages where it is a usual one."""
    return _phrase(unit) if unit in PHRASES else _both(unit, "")


def _seconds(seconds: float) -> str:
    return f"{seconds:.3g} s"


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
_TEMPLATES.filters.update(
    points=show_points,
    tone=_tone,
    verdicts=_verdicts,
    folder=_folder,
    phrase=_phrase,
    titled=_titled,
    message=_message,
    unit=_unit,
    seconds=_seconds,
)
_TEMPLATES.globals.update(percent=show_percent, both=_both, share=_share, level=_level, pictures=pictures)
