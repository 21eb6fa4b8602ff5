"""A diagnosis where one can be had: the known wrong answer that gives what this answer gave, on the same inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from grader.authoring.wrong import WrongAnswer
from grader.bank import Question
from grader.comparison import assert_close
from grader.proxy import Call
from grader.reference import CachedSession, ReferenceCache, ReferenceFailure
from sandbox.base import Sandbox

NONE = ("", "")
"""No diagnosis, in both languages."""
_MAX_CALLS = 40


def diagnose(
    sandbox: Sandbox,
    question: Question,
    known: Sequence[WrongAnswer],
    calls: Mapping[str, Sequence[Call]],
    cache: ReferenceCache,
) -> tuple[str, str]:
    """What the header of the nearest known wrong answer says in English and in Chinese; `NONE` where none of those of
    its framework agrees.

    `calls` are those of the failed cases, by criterion, with what the answer returned. A wrong answer is near where it
    returns the same in all the criteria that catch it: in others the answer may have made another mistake. The nearest
    is the one of most such calls.
    """
    for wrong in sorted(known, key=lambda wrong: len(_of_its_criteria(wrong, calls)), reverse=True):
        if not calls.keys().isdisjoint(wrong.header.loses):
            session = CachedSession(sandbox, question, wrong.source, cache)
            try:
                if all(_agrees(session, call) for call in _of_its_criteria(wrong, calls)[:_MAX_CALLS]):
                    return wrong.header.diagnosis, wrong.header.diagnosis_zh
            finally:
                session.close()
    return NONE


def _of_its_criteria(wrong: WrongAnswer, calls: Mapping[str, Sequence[Call]]) -> list[Call]:
    return [call for name in (*wrong.header.loses, *wrong.header.also) for call in calls.get(name, ())]


def _agrees(session: CachedSession, call: Call) -> bool:
    try:
        value = session.request(call.message["name"], call.callbacks, **call.message)
    except ReferenceFailure as failure:
        return call.raised in failure.types
    return not call.raised and _same(call.value, value)


def _same(found: Any, known: Any) -> bool:
    """Plain data that agree within the default tolerances; NaN agrees with NaN."""
    match found, known:
        case (str() | None, _) | (_, str() | None):
            return type(found) is type(known) and found == known
        case list() | tuple(), list() | tuple():
            return len(found) == len(known) and all(map(_same, found, known))
        case dict(), dict():
            return found.keys() == known.keys() and all(_same(found[key], known[key]) for key in found)
    try:
        assert_close(found, known, equal_nan=True)
    except AssertionError:
        return False
    return True
