"""What an attack has gained, as the trusted side sees it. The tests and the table ask here."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from itertools import zip_longest
from xml.etree import ElementTree

from rich.console import Console

from grader.bank import load_question
from grader.report import FORMATS, SubmissionResult, for_candidate, print_submission
from grader.report.model import CaseResult, QuestionResult
from grader.verdicts import Verdict
from tests.attacks.arena import Contest
from tests.attacks.catalogue import Attack
from tests.attacks.targets import BANK, LEAK

TARGET = load_question(BANK / "rubrics" / "target", BANK / "reference")
LIMITS = TARGET.limits
_ONE_CALL = ("test_double", "test_total", "test_spell")
_SLACK = 1.5  # seconds that a busy machine may take to notice that a limit is reached
_MEMORY = 700.0  # MiB of a process on the trusted side: two largest replies (of answers at the same time), and copies
_HELD = 128.0  # MiB: what an answer can write between two looks is more than its limit
_TIMERS = 1000  # of some hundred thousand that a user has
_SHARED = 4.0 * LIMITS.memory_mb  # MiB of shared memory
_INJECTED = re.compile(r"(?<!\\)<(?:script|img|svg|iframe|a )[^>]*injected", re.IGNORECASE)


_FENCED = re.compile(r"^\s*(`{3,})\w*$.*?^\s*\1$", re.MULTILINE | re.DOTALL)
_CI_COMMAND = re.compile(r"^\s*::\w|##(?:vso)?\[", re.MULTILINE)


def gains(attack: Attack, contest: Contest) -> list[str]:
    """All that `attack` gained, a clause each; empty where it gained nothing."""
    result = contest.results.get(attack.name)
    found = list(contest.harm[attack.name])
    if result is None:
        return [*found, "stopped the run before its own result was there"]
    question = result.questions[0]
    return [
        *found,
        *_points(attack, question),
        *_verdicts(attack, contest, question),
        *_secrets(contest, result),
        *_time(question),
        *_machine(attack, contest),
        *_reports(result),
    ]


def run_gains(contest: Contest, alone: Contest) -> list[str]:
    """What all attacks together did to the run and to their neighbours, who were graded `alone` before."""
    found = [f"changed {path}" for path in contest.spoilt]
    found += [f"left {path}" for path in contest.stray]
    found += [f"left the process {command[:200]}" for command in contest.alive]
    if contest.said or contest.status:
        found.append(f"made the run end with {contest.status} and say {contest.said[-500:]!r}")
    for name, cases in alone.neighbours.items():
        beside = contest.neighbours.get(name, [])
        changed = [f"{new} for {old}" for old, new in zip_longest(cases, beside) if old != new]
        found += [f"changed the result of {name}: {changed[0]}"] if changed else []
    return found


def cases_of(question: QuestionResult) -> list[CaseResult]:
    return [case for criterion in question.criteria for case in criterion.cases]


def _points(attack: Attack, question: QuestionResult) -> Iterator[str]:
    for criterion in question.criteria:
        if criterion.earned and criterion.name not in attack.honest:
            yield f"earned {criterion.earned:g} points in {criterion.name}"
    if question.max_score != 100:
        yield f"is graded on {question.max_score:g} points"


def _verdicts(attack: Attack, contest: Contest, question: QuestionResult) -> Iterator[str]:
    cases = cases_of(question)
    verdicts = {case.verdict for case in cases}
    for case in cases:
        if case.verdict is Verdict.GRADER_ERROR:
            yield f"made a grader_error of {case.name}: {case.message[:200]}"
            break
    if contest.policy and attack.refused:
        blocking = [f for f in question.policy if f.blocking and f.line > 0 and f.column > 0 and f.message and f.file]
        if verdicts != {Verdict.POLICY_VIOLATION} or not blocking:
            yield "was not refused by the policy"
    elif attack.refused and not any(finding.blocking for finding in question.policy):
        yield "was not found by the policy"
    elif attack.verdict and attack.verdict not in verdicts:
        yield f"was not stopped with {attack.verdict.value}, but had {', '.join(sorted(verdicts))}"


def _secrets(contest: Contest, result: SubmissionResult) -> Iterator[str]:
    told = _texts(result)
    for secret in contest.secrets:
        if secret in told:
            yield f"told the secret {secret}"
    if LEAK in for_candidate(result).model_dump_json():
        yield "told the candidate a hidden input"


def _texts(result: SubmissionResult) -> str:
    """All that the answer may have had a say in."""
    parts = []
    for question in result.questions:
        parts += [question.diagnosis, *question.problems, *(finding.message for finding in question.policy)]
        for case in cases_of(question):
            parts += [case.message, case.public, case.detail, case.output]
    return "\n".join(parts)


def _time(question: QuestionResult) -> Iterator[str]:
    """An answer that hangs costs its own limits and no more: a call's in each case of one call, and its own total."""
    used = sum(case.seconds or 0.0 for case in cases_of(question))
    if used > LIMITS.total_seconds + _SLACK:
        yield f"took {used:.1f} s of the {LIMITS.total_seconds:g} s allowed"
    for criterion in question.criteria:
        longest = max((case.seconds or 0.0 for case in criterion.cases), default=0.0)
        if criterion.name in _ONE_CALL and longest > LIMITS.load_seconds + LIMITS.call_seconds + _SLACK:
            yield f"held a case of {criterion.name} up for {longest:.1f} s"


def _machine(attack: Attack, contest: Contest) -> Iterator[str]:
    seen = contest.seen.get(attack.name)
    if seen is None:
        return
    if seen.memory > _MEMORY:
        yield f"made the trusted side take {seen.memory:.0f} MiB"
    if seen.processor > LIMITS.total_seconds + _SLACK:
        yield f"made the trusted side compute for {seen.processor:.1f} s"
    if seen.held > _HELD:
        yield f"held {seen.held:.0f} MiB of disk in files without a name"
    if seen.scratch > _HELD:
        yield f"held {seen.scratch:.0f} MiB of disk in its scratch folder"
    if seen.timers > _TIMERS:
        yield f"took {seen.timers} timers from all processes of the user"
    if seen.shared > _SHARED:
        yield f"held {seen.shared:.0f} MiB of shared memory"


def _reports(result: SubmissionResult) -> Iterator[str]:
    """What the answer wrote is shown in every format, and steers none of them."""
    written = {name: made.writer.write_submission(result, "reviewer") for name, made in FORMATS.items()}
    shown = {"html": written["html"], "markdown": _FENCED.sub("", written["markdown"])}
    for name, text in shown.items():
        if _INJECTED.search(text):
            yield f"put markup into the {name} report"
    console = Console(file=io.StringIO(), force_terminal=False, width=200)
    print_submission(result, console, "reviewer")
    for name, text in (*written.items(), ("terminal", console.file.getvalue())):
        if re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text.replace("\r\n", "\n")):
            yield f"put control characters into the {name} report"
    if _CI_COMMAND.search(console.file.getvalue()):
        yield "put a command into the log of a pipeline"
    cells = [cell for row in csv.reader(io.StringIO(written["csv"])) for cell in row]
    if any(cell.startswith(("=", "+", "@", "-")) and not re.fullmatch(r"-?[\d.]*", cell) for cell in cells):
        yield "put a formula into the csv report"
    suite = ElementTree.fromstring(written["junit"])
    if len(list(suite.iter("testcase"))) != sum(len(cases_of(question)) for question in result.questions) + len(
        result.problems
    ):
        yield "changed the number of cases in the junit report"
