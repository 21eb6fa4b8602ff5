"""A diagnosis where one can be had: the known wrong answer that gives what this answer gave, on the same inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from functools import partial
from typing import Any

from grader.authoring.wrong import WrongAnswer
from grader.bank import Question
from grader.comparison import assert_close
from grader.failure import AnswerFailure
from grader.proxy import Call, Life, Session, is_handle
from grader.reference import CachedSession, ReferenceCache, ReferenceFailure
from sandbox import wire
from sandbox.base import Sandbox

NONE = ("", "")
"""No diagnosis, in both languages."""
_MAX_CALLS = 40
_MAX_LIVES = 6  # wrong answers that live the workers' lives again
_MORE_SECONDS = 20.0  # that these may take, beyond what the lives themselves took


def diagnose(
    sandbox: Sandbox,
    question: Question,
    known: Sequence[WrongAnswer],
    calls: Mapping[str, Sequence[Call]],
    lives: Mapping[str, Life],
    cache: ReferenceCache,
) -> tuple[str, str]:
    """What the header of the nearest known wrong answer says in English and in Chinese; `NONE` where none of those of
    its framework agrees.

    `calls` are those of the failed cases that made no others, by criterion, with what the answer returned. A wrong
    answer is near where it returns the same in all the criteria that catch it: in others the answer may have made
    another mistake. The nearest is the one of most such calls.

    Where none is near by its calls alone (a model is an object, what is drawn depends on what was drawn before), a few
    live the `lives` again that the answer's workers had in those criteria, each up to the last case that failed, seed,
    objects and all.
    """
    for wrong in sorted(known, key=lambda wrong: len(_of_its_criteria(wrong, calls)), reverse=True):
        if not calls.keys().isdisjoint(wrong.header.loses):
            session = CachedSession(sandbox, question, wrong.source, cache)
            try:
                if all(_agrees(session, call) for call in _of_its_criteria(wrong, calls)[:_MAX_CALLS]):
                    return wrong.header.diagnosis, wrong.header.diagnosis_zh
            finally:
                session.close()
    seconds_left = sum(life.seconds for life in lives.values()) + _MORE_SECONDS
    for wrong in _alike(known, calls.keys() | lives.keys(), lives.keys()):
        for life in sorted((lives[name] for name in wrong.header.loses), key=lambda life: life.seconds):
            seconds_left -= life.seconds
            if seconds_left < 0:
                return NONE
            if not _lives_again(Session(sandbox.on_cpu, question, wrong.source), life):
                break
        else:
            return wrong.header.diagnosis, wrong.header.diagnosis_zh
    return NONE


def _alike(known: Sequence[WrongAnswer], failed: Set[str], lived: Set[str]) -> Sequence[WrongAnswer]:
    """Those that lose nothing which the answer has not lost, the likest first."""

    def unlike(wrong: WrongAnswer) -> int:
        return len(failed ^ {*wrong.header.loses, *wrong.header.also})

    return sorted((wrong for wrong in known if lived >= set(wrong.header.loses)), key=unlike)[:_MAX_LIVES]


def _lives_again(session: Session, life: Life) -> bool:
    """Whether a fresh worker of the session's answers all that was asked in the same way, and something was in it."""
    handles: dict[int, int] = {}
    answered = False
    session.renew(life.seed)
    try:
        for call in life.calls:
            try:
                message = wire.mapped(call.message, partial(_renamed, handles))
                if "handle" in message:
                    message["handle"] = handles[message["handle"]]
            except KeyError:  # of an object that came in a call of a function of the rubric's
                return False
            try:
                value = session.request(message["op"], call.callbacks, **message)
            except AnswerFailure as failure:
                if call.raised not in failure.types:
                    return False
                answered = True
                continue
            if call.raised or not _same(call.value, value, handles):
                return False
            answered |= value is not None and not wire.has_ref(value) and getattr(value, "size", 1) > 0
    finally:
        session.close()
    return answered


def _renamed(handles: Mapping[int, int], x: Any) -> Any:
    """`x`, or another worker's object in its place."""
    return replace(x, id=handles[x.id]) if is_handle(x) else x


def _of_its_criteria(wrong: WrongAnswer, calls: Mapping[str, Sequence[Call]]) -> list[Call]:
    return [call for name in (*wrong.header.loses, *wrong.header.also) for call in calls.get(name, ())]


def _agrees(session: CachedSession, call: Call) -> bool:
    try:
        value = session.request(call.message["name"], call.callbacks, **call.message)
    except ReferenceFailure as failure:
        return call.raised in failure.types
    return not call.raised and _same(call.value, value)


def _same(found: Any, known: Any, handles: dict[int, int] | None = None) -> bool:
    """Whether data agree within the default tolerances; NaN agrees with NaN. Objects agree with any, and `handles`
    notes which stands for which.
    """
    match found, known:
        case wire.Ref(), wire.Ref() if handles is not None:
            handles[found.id] = known.id
            return True
        case (str() | None | wire.Ref(), _) | (_, str() | None | wire.Ref()):
            return type(found) is type(known) and found == known
        case list() | tuple(), list() | tuple():
            return len(found) == len(known) and all(_same(x, y, handles) for x, y in zip(found, known, strict=True))
        case dict(), dict():
            return found.keys() == known.keys() and all(_same(found[key], known[key], handles) for key in found)
    try:
        assert_close(found, known, equal_nan=True)
    except AssertionError:
        return False
    return True
