"""The pytest plugin that runs a rubric over many answers in one session.

`candidate` is parametrised over the answers; a criterion's cases run one after another against one worker, and each
criterion starts with a worker as good as new. What a test raises becomes a verdict here, and nowhere else.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pytest

from grader import words
from grader.authoring.wrong import WrongAnswer, wrong_answers
from grader.comparison import Mismatch
from grader.diagnosis import NONE, diagnose
from grader.errors import QuestionError
from grader.evidence import window
from grader.failure import AnswerFailure
from grader.learning import Unlearned
from grader.proxy import Call, Candidate, Life, Session
from grader.reference import CachedSession, ReferenceCache, ReferenceFailure, reference_source
from grader.report.model import CaseResult
from grader.rubric import Criterion
from grader.source import Source
from grader.statistics import Unlikely
from grader.verdicts import CANDIDATE_FAULT, Verdict
from sandbox.base import Sandbox, SandboxError

_MAX_LINE = 200
_MAX_TEXT = 4000
_MAX_OUTPUT = 4000
_DIAGNOSED = (Verdict.WRONG_ANSWER, Verdict.RUNTIME_ERROR)


@dataclass(frozen=True)
class Job:
    """One answer to grade. Where the policy has `refused` it, for the reason given, no case runs it.

    `until_lost` ends it with the first case that costs it points, undiagnosed. `session` makes what serves it. `seed`
    is a run seed of its own. `again` says that it is graded for the second time, after an error that may be ours.
    """

    source: Source
    refused: str = ""
    until_lost: bool = False
    session: type[Session] = Session
    seed: int | None = None
    again: bool = False


Cases = dict[str, list[CaseResult]]


class GradingPlugin:
    """Grade `jobs`, answers of one framework to one question, in one pytest session.

    `finished` is called with a job's index, its cases by criterion and its diagnosis (in English and in Chinese), as
    soon as its last case has run.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        question: Any,
        framework: str,
        jobs: Sequence[Job],
        seed: int,
        cache: ReferenceCache,
        finished: Callable[[int, Cases, tuple[str, str]], None],
        public_only: bool = False,
    ) -> None:
        self._question, self._framework, self._seed, self._finished = question, framework, seed, finished
        self._sandbox, self._cache, self._jobs, self._public_only = sandbox, cache, jobs, public_only
        self._sessions = [job.session(sandbox, question, job.source, _refusal(job)) for job in jobs]
        for job, session in zip(jobs, self._sessions, strict=True):
            session.again = job.again
        self._reference = CachedSession(sandbox, question, reference_source(question, framework), cache)
        self.criteria: dict[str, Criterion] = {}
        self.error: QuestionError | None = None
        self._order: dict[str, int] = {}
        self._cases: Cases = {}
        self._failed_calls: dict[str, list[Call]] = {}
        self._lives: dict[str, Life] = {}
        self._at: tuple[int, str, bool] | None = None

    def close(self) -> None:
        for session in (*self._sessions, self._reference):
            session.close()

    # Collection

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "candidate" in metafunc.fixturenames:
            metafunc.parametrize("candidate", range(len(self._sessions)), indirect=True, ids=_ids(len(self._sessions)))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed and not self.error:
            self.error = QuestionError(
                f"{self._question.rubric}: the rubric cannot be collected: {_last_line(report.longreprtext)}"
            )

    def pytest_collection_modifyitems(self, items: list[pytest.Function]) -> None:
        kept = []
        for item in items:
            note = getattr(item.obj, "criterion", None)
            where = f"{self._question.rubric}:{item.obj.__code__.co_firstlineno}: {item.originalname}"
            if note is None:
                self.error = QuestionError(f"{where} is a test without points; mark it with @criterion")
            elif "candidate" not in item.fixturenames:
                self.error = QuestionError(f"{where} never sees the candidate; take it as an argument")
            elif note.frameworks is None or self._framework in note.frameworks:
                self.criteria[item.originalname] = note
                kept.append(item)
        total = sum(note.points for note in self.criteria.values())
        if not self.error and abs(total - 100) > 1e-6:
            self.error = QuestionError(
                f"{self._question.rubric}: the points of {self._framework} add up to {total:g}, and must add up to 100"
            )
        self._order = {name: i for i, name in enumerate(self.criteria)}
        kept.sort(key=self._place)
        items[:] = [] if self.error else [item for item in kept if _is_public(item) or not self._public_only]

    def _place(self, item: pytest.Function) -> tuple[int, int, bool]:
        return _index(item), self._order[item.originalname], not _is_public(item)

    # Fixtures

    @pytest.fixture
    def candidate(self, request: pytest.FixtureRequest) -> Candidate:
        item = request.node
        index = _index(item)
        session = self._sessions[index]
        # A worker that has seen hidden inputs never runs a case whose output its author is shown.
        if self._at != (index, item.originalname, _is_public(item)):
            self._at = (index, item.originalname, _is_public(item))
            session.renew(self._draw(item.originalname, self._seed_of(index)) % 2**32)
            self._reference.renew_if_used()
        session.start_case()
        self._reference.seconds = 0.0
        return Candidate(session)

    @pytest.fixture
    def reference(self) -> Candidate:
        return Candidate(self._reference)

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> np.random.Generator:
        return self._rng(request.node)

    @pytest.fixture
    def framework(self) -> str:
        return self._framework

    def _rng(self, item: pytest.Function) -> np.random.Generator:
        return np.random.default_rng(
            self._draw(_case_name(item), 0 if _is_public(item) else self._seed_of(_index(item)))
        )

    def _seed_of(self, index: int) -> int:
        own = self._jobs[index].seed
        return self._seed if own is None else own

    def _draw(self, name: str, seed: int) -> int:
        text = f"{self._question.id}\0{name}\0{seed}"
        return int.from_bytes(hashlib.sha256(text.encode()).digest())

    # Verdicts

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Function, nextitem: pytest.Function | None) -> bool | None:
        if not (self._jobs[_index(item)].until_lost and self._has_lost()):
            return None
        self._end_answer(item, nextitem)
        return True

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Function, call: pytest.CallInfo[None]) -> Any:
        report = yield
        if call.when == "call" or (call.when == "setup" and call.excinfo):
            case = self._case(item, call)
            self._cases.setdefault(item.originalname, []).append(case)
            if case.verdict in _DIAGNOSED:
                session = self._sessions[_index(item)]
                if session.usage.calls and session.usage.plain:
                    self._failed_calls.setdefault(item.originalname, []).extend(session.usage.calls)
                if session.life.complete and session.life.calls:
                    self._lives[item.originalname] = replace(session.life, calls=session.life.calls.copy())
        return report

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_teardown(self, item: pytest.Function, nextitem: pytest.Function | None) -> None:
        self._end_answer(item, nextitem)

    def _end_answer(self, item: pytest.Function, nextitem: pytest.Function | None) -> None:
        """Hand out what `item`'s answer got, where `nextitem` is another's."""
        index = _index(item)
        if nextitem is None or _index(nextitem) != index:
            if self._jobs[index].until_lost and self._has_lost():
                self._try_first(next(reversed(self._cases)), item)
            self._sessions[index].close()
            self._finished(index, self._cases, NONE if self._jobs[index].until_lost else self._diagnose())
            self._cases, self._failed_calls, self._lives = {}, {}, {}

    def _try_first(self, name: str, item: pytest.Function) -> None:
        """Put the answers after `item`'s to this criterion first: the mistakes of neighbours are alike."""
        self._order[name] = min(self._order.values()) - 1
        items = item.session.items
        rest = items.index(item) + 1
        items[rest:] = sorted(items[rest:], key=self._place)  # type: ignore[arg-type]

    def _has_lost(self) -> bool:
        return any(case.verdict in CANDIDATE_FAULT for cases in self._cases.values() for case in cases)

    def _diagnose(self) -> tuple[str, str]:
        if not (self._failed_calls or self._lives):
            return NONE
        known = self._wrong_answers
        try:
            return diagnose(self._sandbox, self._question, known, self._failed_calls, self._lives, self._cache)
        except SandboxError:  # the verdicts are there, and stand without it
            return NONE

    @cached_property
    def _wrong_answers(self) -> list[WrongAnswer]:
        return [w for w in wrong_answers(self._question) if w.header.framework == self._framework]

    def _case(self, item: pytest.Function, call: pytest.CallInfo[None]) -> CaseResult:
        session = self._sessions[_index(item)]
        usage = session.usage
        error = call.excinfo.value if call.excinfo else None
        verdict, message, public, detail = (Verdict.PASSED, "", "", "") if error is None else self._judge(item, error)
        place = None
        if verdict in CANDIDATE_FAULT:
            place = getattr(error, "place", None) or session.source.place_of(usage.asked)
        return CaseResult(
            name=_case_name(item),
            verdict=verdict,
            message=message[:_MAX_TEXT],
            public=public[:_MAX_TEXT],
            detail=detail[:_MAX_TEXT],
            seconds=usage.seconds,
            reference_seconds=self._reference.seconds or None,
            file=place.file if place else "",
            line=place.line if place else None,
            code=session.source.text_of(place)[:_MAX_LINE] if place else "",
            output="".join(usage.output)[:_MAX_OUTPUT],
            shown=_is_public(item),
            **self._evidence(item, error),
        )

    def _evidence(self, item: pytest.Function, error: BaseException | None) -> dict[str, Any]:
        """For the first failed case of each criterion."""
        if self._jobs[_index(item)].until_lost:
            return {}
        if any(case.window or case.bounds or case.learning for case in self._cases.get(item.originalname, ())):
            return {}
        match error:
            case Mismatch(arrays=(actual, expected, allowed)):
                return {"window": window(actual, expected, allowed)}
            case Unlikely():
                return {"bounds": error.bounds}
            case Unlearned():
                return {"learning": error.learning}
        return {}

    def _judge(self, item: pytest.Function, error: BaseException) -> tuple[Verdict, str, str, str]:
        """Verdict, message, the candidate's message, detail."""
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        match error:
            case AnswerFailure():
                return error.verdict, str(error), error.public, error.detail
            case AssertionError() | pytest.fail.Exception():
                first, _, rest = str(error).strip().partition("\n")
                return (
                    Verdict.WRONG_ANSWER,
                    first or "an assertion failed",
                    getattr(error, "public", words.DIFFERS),
                    rest,
                )
            case SandboxError() | ReferenceFailure() | pytest.skip.Exception():
                return Verdict.GRADER_ERROR, f"{type(error).__name__}: {error}", "", ""
        text = f"{type(error).__name__}: {error}"
        if self._reference_passes(item):
            return Verdict.WRONG_ANSWER, f"{words.UNUSABLE} ({text})", words.UNUSABLE, ""
        return Verdict.GRADER_ERROR, f"{self._question.rubric.name}: {text}", "", ""

    def _reference_passes(self, item: pytest.Function) -> bool:
        """Whether the case passes with the reference in the candidate's place: then what the candidate returned is to
        blame.
        """
        session = Session(self._sandbox.on_cpu, self._question, self._reference.source)
        arguments = {name: item.funcargs[name] for name in item._fixtureinfo.argnames if name in item.funcargs}
        arguments["candidate"] = Candidate(session)
        if "rng" in arguments:
            arguments["rng"] = self._rng(item)
        try:
            item.obj(**arguments)
        except Exception:
            return False
        finally:
            session.close()
        return True


def _refusal(job: Job) -> AnswerFailure | None:
    return AnswerFailure(Verdict.POLICY_VIOLATION, job.refused) if job.refused else None


def _ids(count: int) -> list[str]:
    return [f"@{i}@" for i in range(count)]


def _index(item: pytest.Function) -> int:
    index = item.callspec.params["candidate"]
    assert isinstance(index, int)
    return index


def _is_public(item: pytest.Function) -> bool:
    return item.get_closest_marker("public") is not None


def _case_name(item: pytest.Function) -> str:
    rest = re.sub(r"-?@\d+@", "", item.callspec.id).removeprefix("-")
    return f"{item.originalname}[{rest}]" if rest else item.originalname


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.startswith("E ")] or text.splitlines() or ["no reason given"]
    return lines[-1].removeprefix("E").strip()
