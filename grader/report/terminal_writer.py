"""The result on a terminal, as plain as the terminal needs it."""

import re

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.report.model import (
    CaseResult,
    CohortResult,
    Provenance,
    QuestionResult,
    QuestionSummary,
    SubmissionResult,
    View,
)
from grader.report.text import clean_line, first_line, provenance_facts, show_percent, show_points, show_verdicts
from grader.report.views import as_seen
from grader.verdicts import CANDIDATE_FAULT, Verdict

_SHOWN_CASES = 3
_CI_COMMAND = re.compile(r"#(?=#(\[|vso\[))|:(?=:)")  # GitHub's and Azure's, wherever a line may be wrapped
_MADE_BY = ("engine", "python", "frameworks", "seed", "sandbox", "layers")


def print_submission(result: SubmissionResult, console: Console, view: View) -> None:
    """Question by question: criteria, points, and the first sentence of what failed."""
    result = as_seen(result, view)
    percent = show_percent(result.score, result.max_score)
    console.print(
        _text(
            f"{result.candidate}: {show_points(result.score)} of {show_points(result.max_score)} points, {percent}",
            "bold",
        )
    )
    for problem in result.problems:
        console.print(_text(f"{problem.where}: {problem.message}", "yellow"))
    for question in result.questions:
        _print_question(question, console)
    _print_made_by(result.provenance, console)


def print_tried(question: QuestionResult, console: Console) -> None:
    """The public cases of one answer, with all that there is to say of each."""
    console.print(_text(f"{question.number}. {question.title} ({question.framework})", "bold"))
    _print_policy(question, console)
    for criterion in question.criteria:
        console.print(_text(criterion.title))
        for case in criterion.cases:
            passed = case.verdict is Verdict.PASSED
            line = f"  {'✓' if passed else '✗'} {case.name}{'' if passed else f': {case.message}'}"
            console.print(_text(line, "green" if passed else "red"))
            for text in (case.detail, case.output):
                for said in text.splitlines():
                    console.print(_text(f"      {said}"))


def print_cohort(cohort: CohortResult, console: Console, view: View) -> None:
    """One row for each candidate, and a column for each question where there is room: its frameworks together."""
    cohort = as_seen(cohort, view)
    numbers = sorted({number for number, _, _ in cohort.columns})
    if 50 + 10 * len(numbers) > console.width:
        numbers = []
    table = Table()
    table.add_column("candidate", overflow="fold")
    for name in ("score", "%", *(f"question {numbers[0]}" if n == numbers[0] else str(n) for n in numbers)):
        table.add_column(name, justify="right", no_wrap=True)
    for name in ("cases", "problems"):
        table.add_column(name, overflow="fold")
    for summary in cohort.submissions:
        table.add_row(
            _text(summary.candidate),
            _share(summary.score, summary.max_score),
            show_percent(summary.score, summary.max_score).removesuffix(" %"),
            *(_question_share([q for q in summary.questions if q.number == number]) for number in numbers),
            show_verdicts(summary.verdicts),
            _text("; ".join(f"{problem.where}: {problem.message}" for problem in summary.problems), "yellow"),
        )
    console.print(table)
    _print_made_by(cohort.provenance, console)


def _print_policy(question: QuestionResult, console: Console) -> None:
    for finding in question.policy:
        place = f"{finding.file}:{finding.line}:{finding.column}".lstrip(":")
        console.print(_text(f"{place} {finding.message} ({finding.rule})", "red" if finding.blocking else "yellow"))


def _share(score: float, max_score: float) -> str:
    return f"{show_points(score)}/{show_points(max_score)}"


def _question_share(questions: list[QuestionSummary]) -> str:
    return _share(sum(q.score for q in questions), sum(q.max_score for q in questions)) if questions else ""


def _print_question(question: QuestionResult, console: Console) -> None:
    console.print()
    title = f"{question.number}. {question.title or question.id} ({question.framework})"
    console.print(_text(f"{title}: {show_points(question.score)} of {show_points(question.max_score)}", "bold"))
    for problem in question.problems:
        console.print(_text(problem, "yellow"))
    _print_policy(question, console)
    table = Table(box=None, show_header=False, expand=True)
    table.add_column(ratio=1, overflow="fold")
    table.add_column(justify="right", no_wrap=True)
    for criterion in question.criteria:
        table.add_row(
            _text(criterion.title or criterion.name),
            f"{show_points(criterion.earned)} / {show_points(criterion.points)}",
        )
        for case in criterion.not_passed[:_SHOWN_CASES]:
            table.add_row(_case(case), "")
        if len(criterion.not_passed) > _SHOWN_CASES:
            table.add_row(_indented(_text(f"and {len(criterion.not_passed) - _SHOWN_CASES} more", "dim")), "")
    console.print(table)
    if question.diagnosis:
        console.print(_text(f"Diagnosis: {question.diagnosis}", "cyan"))


def _case(case: CaseResult) -> Padding:
    style = "red" if case.verdict in CANDIDATE_FAULT else "magenta" if case.verdict is Verdict.GRADER_ERROR else "cyan"
    sentence = first_line(case.message) or case.verdict.sentence
    return _indented(Text.assemble((case.verdict.label, style), "  ", _text(f"{case.name}: {sentence}")))


def _indented(text: Text) -> Padding:
    return Padding(text, (0, 0, 0, 2))


def _print_made_by(provenance: Provenance, console: Console) -> None:
    facts = [f"{name} {value}" for name, value in provenance_facts(provenance) if name.split(".")[0] in _MADE_BY]
    if facts:
        console.print()
        console.print(_text(", ".join(facts), "dim"))


def _text(text: str, style: str = "") -> Text:
    """Candidates' text as rich sees it: never markup, a control sequence, or a command to a CI job's log."""
    return Text(_CI_COMMAND.sub(r"\g<0> ", clean_line(text)), style=style)
