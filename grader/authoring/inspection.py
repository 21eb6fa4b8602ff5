"""What a rubric does with a right answer: what it asks, what it shows, what it leaves to chance, and what it costs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from grader import statistics
from grader.authoring.finding import Finding
from grader.authoring.prompts import prompt_faults
from grader.authoring.rubric_lines import place_of
from grader.bank import Question
from grader.grading import grade
from grader.proxy import Session
from grader.pytest_plugin import Job
from grader.reference import reference_source
from grader.report.model import CriterionResult
from grader.scoring import Graded
from grader.verdicts import Verdict
from sandbox import wire
from sandbox.base import Sandbox

SHARE_OF_LIMITS = 3
"""The reference must do with a third of its limits: a candidate's right answer may be that much slower or larger."""
MOST_ALARM = 1e-6
"""How probable it may be that chance fails a right answer."""

_LIMITS = (Verdict.TIME_LIMIT, Verdict.MEMORY_LIMIT)


@dataclass
class Seen:
    """One case: what it asked of the answer, as digests, the slowest call in seconds, and its false alarms."""

    name: str = ""
    criterion: str = ""
    public: bool = False
    calls: list[str] = field(default_factory=list)
    slowest: float = 0.0
    alarm: float = 0.0


@dataclass(frozen=True)
class Inspection:
    framework: str
    criteria: tuple[CriterionResult, ...]
    cases: tuple[Seen, ...]


def inspect(sandbox: Sandbox, question: Question, framework: str, seed: int) -> Inspection:
    """Grade the reference under a third of the question's limits, and watch. Raises QuestionError."""
    seen: list[Seen] = []

    class Inspector(Session):
        def start_case(self) -> None:
            super().start_case()
            seen.append(Seen())

        def request(self, what: str, callbacks: Mapping[int, Callable[..., Any]], **message: Any) -> Any:
            seen[-1].calls.append(hashlib.sha256(wire.pack(message)).hexdigest())
            before = self.usage.seconds
            try:
                return super().request(what, callbacks, **message)
            finally:
                seen[-1].slowest = max(seen[-1].slowest, self.usage.seconds - before)

    def alarmed(probability: float) -> None:
        seen[-1].alarm += probability

    limits = replace(
        question.limits,
        call_seconds=question.limits.call_seconds / SHARE_OF_LIMITS,
        total_seconds=question.limits.total_seconds / SHARE_OF_LIMITS,
        memory_mb=question.limits.memory_mb // SHARE_OF_LIMITS,
    )
    results: list[Graded] = []
    statistics.watcher = alarmed
    try:
        tight = question.model_copy(update={"limits": limits})
        job = Job(reference_source(question, framework), session=Inspector)
        grade(sandbox, tight, framework, [job], seed, {}, lambda _, graded: results.append(graded))
    finally:
        statistics.watcher = None
    cases = [(criterion.name, case) for criterion in results[0].criteria for case in criterion.cases]
    for one, (criterion, case) in zip(seen, cases, strict=True):
        one.name, one.criterion, one.public = case.name, criterion, case.shown
    return Inspection(framework, results[0].criteria, tuple(seen))


def inspection_findings(question: Question, inspections: Sequence[Inspection]) -> Iterator[Finding]:
    """What they show, and whether the prompts say it."""
    points = {found.framework: found.criteria for found in inspections}
    yield Finding(question.id, "", "prompts, starters", faults=prompt_faults(question, points))
    yield _calls(question, inspections)
    yield _chance(question, inspections)
    for found in inspections:
        yield _cost(question, found)


def _calls(question: Question, inspections: Sequence[Inspection]) -> Finding:
    faults: dict[str, None] = {}
    for found in inspections:
        shown = {call for case in found.cases if case.public for call in case.calls}
        for case in found.cases:
            where = f"{place_of(question, case.criterion)}: {case.name}"
            if not case.calls:
                faults[f"{where} never calls the answer"] = None
            elif not case.public and shown.issuperset(case.calls):
                faults[f"{where} is hidden, and asks for nothing that a public case does not show"] = None
    count = sum(case.public for case in inspections[0].cases) if inspections else 0
    return Finding(question.id, "", "public cases", faults=tuple(faults), summary=f"{count} are public")


def _chance(question: Question, inspections: Sequence[Inspection]) -> Finding:
    alarms: dict[str, float] = {}
    for found in inspections:
        by_criterion: dict[str, float] = {}
        for case in found.cases:
            if case.alarm:
                by_criterion[case.criterion] = by_criterion.get(case.criterion, 0.0) + case.alarm
        alarms |= {name: max(alarm, alarms.get(name, 0.0)) for name, alarm in by_criterion.items()}
    total = sum(alarms.values())
    told = f"{total:.0e}: " + ", ".join(f"{name} {alarm:.0e}" for name, alarm in alarms.items())
    return Finding(
        *(question.id, "", "chance"),
        faults=(f"chance fails a right answer with a probability of {told}",) if total > MOST_ALARM else (),
        summary=f"fails a right answer with a probability below {told}" if alarms else "nothing is left to it",
    )


def _cost(question: Question, found: Inspection) -> Finding:
    limits = question.limits
    over = [(c.name, case) for c in found.criteria for case in c.cases if case.verdict in _LIMITS]
    total = sum(case.seconds or 0.0 for criterion in found.criteria for case in criterion.cases)
    slowest = max(case.slowest for case in found.cases)
    return Finding(
        *(question.id, found.framework, "cost"),
        seconds=total,
        faults=tuple(
            f"{place_of(question, name)}: {case.name} takes the reference more than a third of a limit: {case.message}"
            for name, case in over
        ),
        summary=f"slowest call {slowest:.2g} of {limits.call_seconds:g} s, all {total:.2g} of "
        f"{limits.total_seconds:g} s, memory below a third of {limits.memory_mb} MiB",
    )
