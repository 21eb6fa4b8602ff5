"""Tolerances, measured: between what right answers that compute otherwise differ by, and the nearest wrong answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from grader.authoring.answers import Known, watch_jobs
from grader.authoring.finding import Finding
from grader.authoring.wrong import WrongAnswer
from grader.bank import Question
from grader.comparison import Comparison
from grader.failure import AnswerFailure
from grader.proxy import Session
from grader.pytest_plugin import Job
from grader.reference import reference_source
from grader.verdicts import Verdict
from sandbox import wire
from sandbox.base import Sandbox

ROOM = 10.0
"""How many times what right answers differ by a tolerance must be, and how many times it a wrong answer must differ."""
TOO_WIDE, TOO_WIDE_IN_FLOAT64 = 1e4, 1e8
"""How many times what right answers differ by a tolerance may be; float64 has more room than anyone needs."""

_PLAIN = ("call", "gradients")


class _Otherwise(Session):
    """The reference, whose calls with plain data are served by `serve`. What makes objects is left out: their training
    is no matter of rounding.
    """

    def request(self, what: str, callbacks: Mapping[int, Callable[..., Any]], **message: Any) -> Any:
        entry_point = self.question.entry_points_of(self.source.framework).get(message.get("name", ""))
        if message["op"] not in _PLAIN or not entry_point or entry_point.kind == "class" or wire.has_ref(message):
            raise AnswerFailure(Verdict.NOT_ANSWERED, "left out")
        return self.serve(what, callbacks, message)

    def serve(self, what: str, callbacks: Mapping[int, Callable[..., Any]], message: dict[str, Any]) -> Any:
        return super().request(what, callbacks, **message)


class _InFloat64(_Otherwise):
    """Computes in float64 what is asked in float32."""

    def serve(self, what: str, callbacks: Mapping[int, Callable[..., Any]], message: dict[str, Any]) -> Any:
        promoted = _mapped(message, np.float32, lambda x: x.astype(np.float64))
        value = super().serve(what, callbacks, promoted)
        return _mapped(value, np.float64, lambda x: x.astype(np.float32)) if _has(message, np.float32) else value


class _Moved(_Otherwise):
    """Moves inputs by one unit in the last place, up or down at random: so differ the same sums in another order (Monte
    Carlo arithmetic: Parker, 1997).
    """

    def serve(self, what: str, callbacks: Mapping[int, Callable[..., Any]], message: dict[str, Any]) -> Any:
        rng = np.random.default_rng(0)

        def move(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
            toward = np.where(rng.random(x.shape) < 0.5, -np.inf, np.inf).astype(x.dtype)
            return np.where(np.abs(x) > 1e-30, np.nextafter(x, toward), x).astype(x.dtype)

        return super().serve(what, callbacks, _mapped(message, np.float32, move))


def _mapped(value: Any, dtype: type, change: Callable[[np.ndarray[Any, Any]], Any]) -> Any:
    match value:
        case np.ndarray() if value.dtype == dtype:
            return change(value)
        case list() | tuple():
            return type(value)(_mapped(item, dtype, change) for item in value)
        case dict():
            return {key: _mapped(item, dtype, change) for key, item in value.items()}
    return value


def _has(value: Any, dtype: type) -> bool:
    found: list[bool] = []
    _mapped(value, dtype, lambda x: found.append(True))
    return bool(found)


@dataclass
class _Line:
    """What is known of the comparisons of one line of the rubric: the worst of each right answer, the wrong ones', and
    whether any right answer that computes otherwise has come to it.
    """

    comparison: Comparison
    otherwise: bool = False
    right: dict[str, float] = field(default_factory=dict)
    wrong: dict[str, float] = field(default_factory=dict)

    @property
    def differ(self) -> float:
        """Of the tolerance, the share that right answers use; a unit in the last place at least."""
        return max(self.comparison.grain, *self.right.values())

    @property
    def furthest(self) -> str:
        return max(self.right, key=self.right.__getitem__)

    @property
    def nearest(self) -> float:
        return min((used for used in self.wrong.values() if used > 1), default=math.inf)

    @property
    def too_wide(self) -> bool:
        """Not where all that is expected is 0, which has no scale; nor where objects take part, whose training is no
        matter of rounding.
        """
        least = TOO_WIDE_IN_FLOAT64 if self.comparison.bits > 24 else TOO_WIDE
        return self.otherwise and 0 < self.differ < 1 / least

    def times(self, factor: float) -> str:
        return f"rtol={self.comparison.rtol * factor:.0e}, atol={self.comparison.atol * factor:.0e}"


def check_tolerances(
    sandbox: Sandbox, question: Question, framework: str, seed: int, known: Sequence[Known]
) -> Finding:
    """Run the rubric over right answers that compute otherwise, and weigh what it compares of them, and of the `known`.

    Raises QuestionError where the question's files are wrong.
    """
    lines: dict[int, _Line] = {}
    caught: dict[str, tuple[float, int]] = {}
    right = {one.name: one.comparisons for one in known if not isinstance(one.answer, WrongAnswer)}
    otherwise = _otherwise(sandbox, question, framework, seed)
    for name, comparisons in (right | otherwise).items():
        for comparison in comparisons:
            line = lines.setdefault(comparison.line, _Line(comparison))
            if comparison.grain > line.comparison.grain:
                line.comparison = comparison
            if comparison.used <= 1:  # what fails is told where right answers are graded
                line.right[name] = max(comparison.used, line.right.get(name, 0.0))
                line.otherwise |= name in otherwise
    for one in known:
        for comparison in one.comparisons if isinstance(one.answer, WrongAnswer) else ():
            if comparison.line in lines:
                wrong = lines[comparison.line].wrong
                wrong[one.name] = max(comparison.used, wrong.get(one.name, 0.0))
            caught[one.name] = max(caught.get(one.name, (0.0, 0)), (comparison.used, comparison.line))
    return _finding(question, framework, {n: line for n, line in sorted(lines.items()) if line.right}, caught)


def _otherwise(sandbox: Sandbox, question: Question, framework: str, seed: int) -> dict[str, Sequence[Comparison]]:
    own = reference_source(question, framework)
    jobs = {
        "the reference in float64": Job(own, session=_InFloat64),
        "the reference on inputs moved by a rounding": Job(own, session=_Moved),
        **{
            f"the {other} reference": Job(reference_source(question, other), session=_Otherwise)
            for other in question.frameworks
            if other != framework
        },
    }
    found = watch_jobs(sandbox, question, framework, list(jobs.values()), seed)
    return {name: comparisons for name, (_, comparisons) in zip(jobs, found, strict=True)}


def _finding(
    question: Question, framework: str, lines: Mapping[int, _Line], caught: Mapping[str, tuple[float, int]]
) -> Finding:
    faults, evidence = [], []
    for number, line in lines.items():
        where = f"{question.rubric.name}:{number}"
        has = f"rtol={line.comparison.rtol:g}, atol={line.comparison.atol:g}"
        used = line.right[line.furthest]
        if used * ROOM > 1:
            wider = line.times(min(2 * ROOM * used, math.sqrt(used * line.nearest)))
            faults.append(f"{where}: {has} is narrow: {line.furthest} differs by {used:.0%} of it; try {wider}")
        elif line.too_wide:
            narrower = line.times(100 * line.differ)
            faults.append(
                f"{where}: {has} is {1 / line.differ:.0e} times what right answers differ by; {narrower} is enough"
            )
        nearest = f", the nearest wrong answer by {line.nearest:.0f} times it" if math.isfinite(line.nearest) else ""
        evidence.append(f"{where}: {has}; right answers differ by {line.differ:.1e} of it ({line.furthest}){nearest}")
    thin = {name: (used, line) for name, (used, line) in caught.items() if 1 < used < ROOM}
    faults += [
        f"{question.rubric.name}:{line}: {name} differs by {used:.1f} times the tolerance only"
        for name, (used, line) in thin.items()
    ]
    return Finding(
        *(question.id, framework, "tolerances"),
        faults=tuple(faults),
        summary=_summary(list(lines.values()), [used for used, _ in caught.values() if used > 1]),
        evidence=tuple(evidence),
    )


def _summary(lines: Sequence[_Line], caught: Sequence[float]) -> str:
    if not lines:
        return "nothing is compared within a tolerance"
    room = 1 / max((used for line in lines for used in line.right.values() if used), default=math.nan)
    told = f"; wrong answers differ by {min(caught):.0f} times it at least" if caught else ""
    return f"{len(lines)} comparisons leave right answers {room:.0f} times what they differ by{told}"
