"""Tolerances, measured: between what right answers that compute otherwise differ by, and the nearest wrong answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from grader.authoring.answers import Known, watch_jobs
from grader.authoring.finding import Finding
from grader.authoring.one_worker import OneWorker
from grader.authoring.wrong import WrongAnswer
from grader.bank import Question
from grader.comparison import Comparison
from grader.failure import AnswerFailure
from grader.proxy import has_handle
from grader.pytest_plugin import Job
from grader.reference import reference_source
from grader.verdicts import Verdict
from sandbox.base import Sandbox

ROOM = 10.0
"""How many times what right answers differ by a tolerance must be, and how many times it a wrong answer must differ."""
TOO_WIDE, TOO_WIDE_OF_TRAINED, TOO_WIDE_IN_FLOAT64 = 1e4, 1e6, 1e8
"""How many times what right answers differ by a tolerance may be. Training magnifies a rounding, and float64 has more
room than anyone needs.
"""
ROUNDING = 1e-3
"""Relative to the greatest value: answers that fail by more than that draw or choose otherwise, which is no matter of
tolerance.
"""

_PLAIN = ("call", "gradients")
_ALL_MOVED = "the reference on inputs that are all moved"
_FLOAT32 = 24  # bits
_ROUGH = 1e4  # units in the last place by which float64 results of float32 values differ, at least


class _Otherwise(OneWorker):
    """The reference, whose calls with plain data are served by `serve`. What makes objects is left out: their training
    is no matter of rounding.
    """

    def request(self, what: str, callbacks: Mapping[int, Callable[..., Any]], **message: Any) -> Any:
        entry_point = self.question.entry_points_of(self.source.framework).get(message.get("name", ""))
        if message["op"] not in _PLAIN or not entry_point or entry_point.kind == "class" or has_handle(message):
            raise AnswerFailure(Verdict.NOT_ANSWERED, "left out")
        value = self.serve(what, callbacks, message)
        self.usage.calls.clear()  # else it would be diagnosed where it fails
        return value

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
    Carlo arithmetic: Parker, 1997). Numbers of few digits stay, as their sums round little: 1e4, 0.5, infinity.
    """

    kept_bits = 16

    def serve(self, what: str, callbacks: Mapping[int, Callable[..., Any]], message: dict[str, Any]) -> Any:
        rng = np.random.default_rng(0)

        def move(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
            digits = np.ldexp(np.frexp(x)[0], self.kept_bits)
            with np.errstate(over="ignore"):
                moved = np.nextafter(x, np.where(rng.random(x.shape) < 0.5, -np.inf, np.inf).astype(x.dtype))
            return np.where((digits == np.rint(digits)) | ~np.isfinite(moved), x, moved)

        return super().serve(what, callbacks, _mapped(message, np.float32, move))


class _AllMoved(_Moved):
    """Moves numbers of few digits too: no right answer differs by more."""

    kept_bits = 0


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
    """What is known of the comparisons of one line of the rubric within one tolerance.

    Attributes:
        comparison: The one with the greatest grain.
        right, wrong: The greatest share of the tolerance by which each answer differs.
        otherwise: Whether any right answer that computes otherwise has come to it: not where objects take part.
        at_most: The share where all inputs are moved. It shows no tolerance to be narrow: what is exact may be steep.
        strangers: Right answers that give something else altogether.
    """

    comparison: Comparison
    right: dict[str, float] = field(default_factory=dict)
    wrong: dict[str, float] = field(default_factory=dict)
    otherwise: bool = False
    at_most: float = 0.0
    strangers: set[str] = field(default_factory=set)

    @property
    def differ(self) -> float:
        """Of the tolerance, the share that right answers use; a unit in the last place at least."""
        return max(self.comparison.grain, *self.right.values())

    @property
    def furthest(self) -> str:
        name = max(self.right, key=self.right.__getitem__)
        return name if self.right[name] >= self.comparison.grain else "one rounding"

    @property
    def nearest(self) -> float:
        return min((used for used in self.wrong.values() if used > 1), default=math.inf)

    @property
    def narrow(self) -> bool:
        """A unit in the last place needs no room beyond itself: answers that choose, and compute nothing, are exact."""
        return max(self.right.values()) * ROOM > 1 or self.comparison.grain > 1

    @property
    def too_wide(self) -> bool:
        """Not where all that is expected is 0, which has no scale; nor where objects take part and nothing differs."""
        differ = max(self.differ, self.at_most)
        if self.comparison.bits > _FLOAT32 and differ < _ROUGH * self.comparison.grain:
            most = TOO_WIDE_IN_FLOAT64
        elif self.otherwise:
            most = TOO_WIDE
        elif any(self.right.values()):
            most = TOO_WIDE_OF_TRAINED
        else:
            return False
        return 0 < differ < 1 / most

    def fault(self) -> str:
        """What is wrong with the tolerance, and what it could be; empty where nothing is."""
        differ, nearest = self.differ, self.nearest
        if self.too_wide:
            most = max(differ, self.at_most)
            enough = self._times(100 * most)
            return f"{self} is {1 / most:.0e} times what right answers differ by; {enough} is enough"
        if not self.narrow:
            return ""
        if nearest < ROOM**2 * differ:
            remedy = f"the nearest wrong answer by {nearest:.2g} times it: let the input tell them further apart"
        else:
            remedy = f"try {self._times(min(2 * ROOM * differ, math.sqrt(differ * nearest)))}"
        return f"{self} is narrow: {self.furthest} differs by {differ:.2g} times it; {remedy}"

    def evidence(self) -> str:
        nearest = f", the nearest wrong answer by {self.nearest:.0f} times it" if math.isfinite(self.nearest) else ""
        strangers = f"; not comparable: {', '.join(sorted(self.strangers))}" if self.strangers else ""
        return f"{self}; right answers differ by {self.differ:.1e} of it ({self.furthest}){nearest}{strangers}"

    def __str__(self) -> str:
        return f"rubric.py:{self.comparison.line}: {self._times(1)}"

    def _times(self, factor: float) -> str:
        form = "g" if factor == 1 else ".0e"
        rtol, atol = (f"{factor * x:{form}}" if x else "0" for x in (self.comparison.rtol, self.comparison.atol))
        return f"rtol={rtol}, atol={atol}"


def check_tolerances(
    sandbox: Sandbox, question: Question, framework: str, seed: int, known: Sequence[Known]
) -> Finding:
    """Run the rubric over right answers that compute otherwise, and weigh what it compares of them, and of the `known`.

    Raises QuestionError where the question's files are wrong.
    """
    lines = _lines(known, _otherwise(sandbox, question, framework, seed))
    caught = [(one, max(one.comparisons, key=_used)) for one in known if _is_wrong(one) and one.comparisons]
    return Finding(
        *(question.id, framework, "tolerances"),
        faults=(*filter(None, map(_Line.fault, lines)), *_thin(caught)),
        summary=_summary(lines, [worst.used for _, worst in caught if 1 < worst.used < math.inf]),
        evidence=tuple(map(_Line.evidence, lines)),
    )


def _otherwise(sandbox: Sandbox, question: Question, framework: str, seed: int) -> dict[str, Sequence[Comparison]]:
    own = reference_source(question, framework)
    jobs = {
        "the reference in float64": Job(own, session=_InFloat64),
        "the reference on inputs moved by a rounding": Job(own, session=_Moved),
        _ALL_MOVED: Job(own, session=_AllMoved),
        **{
            f"the {other} reference": Job(reference_source(question, other), session=_Otherwise)
            for other in question.frameworks
            if other != framework
        },
    }
    found = watch_jobs(sandbox, question, framework, list(jobs.values()), seed)
    return {name: comparisons for name, (_, comparisons) in zip(jobs, found, strict=True)}


def _lines(known: Sequence[Known], otherwise: Mapping[str, Sequence[Comparison]]) -> list[_Line]:
    """In the order of the rubric. One line may compare within more than one tolerance: of dtypes, or of cases."""
    lines: dict[tuple[int, float, float], _Line] = {}
    right = {one.name: one.comparisons for one in known if not _is_wrong(one)}
    for name, comparisons in {**right, **otherwise}.items():
        for comparison in comparisons:
            line = lines.setdefault(_place(comparison), _Line(comparison))
            if comparison.grain > line.comparison.grain:
                line.comparison = comparison
            if comparison.used > 1 and comparison.apart >= ROUNDING:
                line.strangers.add(name)
            elif name == _ALL_MOVED:
                line.at_most = max(comparison.used, line.at_most)
            else:
                line.right[name] = max(comparison.used, line.right.get(name, 0.0))
                line.otherwise |= name in otherwise
    for one in filter(_is_wrong, known):
        for comparison in one.comparisons:
            if found := lines.get(_place(comparison)):
                found.wrong[one.name] = max(comparison.used, found.wrong.get(one.name, 0.0))
    return [line for _, line in sorted(lines.items()) if line.right]


def _thin(caught: Sequence[tuple[Known, Comparison]]) -> Iterator[str]:
    """The wrong answers that a comparison hardly catches, and nothing else does: then every lost case ends with one."""
    for one, worst in caught:
        lost = sum(len(criterion.not_passed) for criterion in one.graded.criteria)
        if 1 < worst.used < ROOM and lost <= sum(comparison.used > 1 for comparison in one.comparisons):
            yield (
                f"rubric.py:{worst.line}: {one.name} differs by {worst.used:.1f} times the tolerance only; narrow it, "
                "or let the input tell it further apart"
            )


def _summary(lines: Sequence[_Line], caught: Sequence[float]) -> str:
    if not lines:
        return "nothing is compared within a tolerance"
    used = max(used for line in lines for used in line.right.values())
    room = f"leave right answers {1 / used:.3g} times what they differ by" if used else "see right answers agree"
    told = f"; wrong answers differ by {min(caught):.3g} times it at least" if caught else ""
    return f"{len(lines)} comparisons {room}{told}"


def _is_wrong(one: Known) -> bool:
    return isinstance(one.answer, WrongAnswer)


def _used(comparison: Comparison) -> float:
    return comparison.used


def _place(comparison: Comparison) -> tuple[int, float, float]:
    return comparison.line, comparison.rtol, comparison.atol
