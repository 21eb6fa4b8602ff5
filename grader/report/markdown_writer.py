"""`report.md`: for a pull request, a job's summary, a mail."""

import re
from collections.abc import Iterable
from textwrap import indent

from grader.report.model import (
    CaseResult,
    CohortResult,
    CriterionResult,
    PolicyFinding,
    Problem,
    Provenance,
    QuestionResult,
    SubmissionResult,
    View,
)
from grader.report.phrases import Language, pick, say
from grader.report.sentences import in_language
from grader.report.text import clean_line, clean_text, provenance_facts, show_percent, show_points
from grader.report.views import as_seen
from grader.verdicts import Verdict

# All that means something within a line, in CommonMark or on a forge: links, mentions, HTML, emphasis, mathematics.
_MARKUP = re.compile(r"^[-+=]|[\\`*_{}\[\]<>|~&#@!$^]|:(?=//)|(?<=www)\.", re.IGNORECASE)


def write_submission(result: SubmissionResult, view: View, language: Language = "en") -> str:
    result = as_seen(result, view)
    blocks = [
        f"# {_inline(result.candidate)}",
        f"**{_score(result.score, result.max_score)}** ({show_percent(result.score, result.max_score)})",
        _list(_problem(problem) for problem in result.problems),
    ]
    for question in result.questions:
        blocks += _question(question, language)
    return _document(blocks, result.provenance, language)


def write_cohort(cohort: CohortResult, view: View, language: Language = "en") -> str:
    cohort = as_seen(cohort, view)
    title = f"{say('cohort', language)} {len(cohort.submissions)}"
    rows = [[say("candidate", language), say("score", language), say("max", language), "%"]]
    rows[0] += [f"{number} {framework}" for number, _, framework in cohort.columns] + [
        say("cases", language),
        say("problems", language),
    ]
    for summary in cohort.submissions:
        scores = {(q.number, q.id, q.framework): show_points(q.score) for q in summary.questions}
        row = [summary.candidate, show_points(summary.score), show_points(summary.max_score)]
        row += [show_percent(summary.score, summary.max_score)]
        row += [scores.get(column, "") for column in cohort.columns]
        row += [_verdicts(summary.verdicts, language), "; ".join(f"{p.where}: {p.message}" for p in summary.problems)]
        rows.append(row)
    return _document([f"# {title}", _table(rows, right=range(1, len(rows[0]) - 2))], cohort.provenance, language)


def _question(question: QuestionResult, language: Language) -> list[str]:
    title = pick(question.title or question.id, question.title_zh, language)
    rows = [[say(key, language) for key in ("criterion", "earned", "points", "cases")]]
    for criterion in question.criteria:
        points = [show_points(criterion.earned), show_points(criterion.points)]
        rows.append([_title(criterion, language), *points, _verdicts(criterion.verdicts, language)])
    diagnosis = pick(question.diagnosis, question.diagnosis_zh, language)
    mistake = f"{say('nearest known mistake', language)}: {_inline(diagnosis)}" if diagnosis else ""
    score = _score(question.score, question.max_score)
    return [
        f"## {_inline(f'{question.number}. {title} ({question.framework})')}: {score}",
        mistake,
        _list(_inline(problem) for problem in question.problems),
        _list(_finding(finding, language) for finding in question.policy),
        _table(rows, right=(1, 2)) if question.criteria else "",
        *(_not_passed(criterion, language) for criterion in question.criteria),
        _explanation(question, language),
    ]


def _explanation(question: QuestionResult, language: Language) -> str:
    if not question.explanation:
        return ""
    heading = say("to be scored" if question.needs_review else "explanation", language)
    if question.review:
        heading += f": {_score(question.review.points, question.review.max_points)}"
    return f"### {heading}\n\n{_fence(question.explanation)}"


def _not_passed(criterion: CriterionResult, language: Language) -> str:
    if not criterion.not_passed:
        return ""
    cases = _list(_case(case, language) for case in criterion.not_passed)
    return f"### {_inline(_title(criterion, language))}\n\n{cases}"


def _case(case: CaseResult, language: Language) -> str:
    place = f" ({_inline(case.file)}{f':{case.line}' if case.line else ''})" if case.file else ""
    verdict = say(case.verdict.value, language)
    message = in_language(case.message, language)
    parts = [f"{_inline(case.name)}{place}: **{verdict}**. {_inline(message)}"]
    parts += [_fence(text) for text in (case.code, case.detail, case.output) if text]
    return "\n\n".join(parts)


def _title(criterion: CriterionResult, language: Language) -> str:
    return pick(criterion.title or criterion.name, criterion.title_zh, language)


def _verdicts(counts: dict[Verdict, int], language: Language) -> str:
    return ", ".join(f"{counts[verdict]} {say(verdict.value, language)}" for verdict in Verdict if counts.get(verdict))


def _finding(finding: PolicyFinding, language: Language) -> str:
    kind = say("refused" if finding.blocking else "noted", language)
    place = f"{finding.file}:{finding.line}:{finding.column}".lstrip(":")
    return f"{_inline(place)} {kind} ({_inline(finding.rule)}): {_inline(finding.message)}"


def _problem(problem: Problem) -> str:
    return f"{_inline(problem.where)}: {_inline(problem.message)}"


def _document(blocks: list[str], provenance: Provenance, language: Language) -> str:
    facts = [[say("made by", language), ""], *([name, value] for name, value in provenance_facts(provenance))]
    blocks = [*blocks, _table(facts) if len(facts) > 1 else ""]
    return clean_text("\n\n".join(block for block in blocks if block)) + "\n"


def _list(items: Iterable[str]) -> str:
    return "\n".join(f"- {indent(item, '  ').lstrip()}" for item in items)


def _table(rows: list[list[str]], right: Iterable[int] = ()) -> str:
    head, *body = (" | ".join(_inline(cell) for cell in row) for row in rows)
    marks = [" ---: " if i in set(right) else " --- " for i in range(len(rows[0]))]
    return "\n".join(f"| {line} |" for line in (head, "|".join(marks).strip(), *body))


def _inline(text: str) -> str:
    return _MARKUP.sub(r"\\\g<0>", clean_line(text))


def _fence(text: str) -> str:
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{clean_text(text).rstrip()}\n{fence}"


def _score(score: float, max_score: float) -> str:
    return f"{show_points(score)} / {show_points(max_score)}"
