"""A diagnosis where one can be had: the known wrong answer that gives what this answer gave, on the same inputs."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from grader.authoring.wrong import WrongAnswer
from grader.bank import Question
from grader.comparison import assert_close
from grader.proxy import Call
from grader.reference import CachedSession, ReferenceCache, ReferenceFailure
from sandbox.base import Sandbox

_MAX_CALLS = 40


def diagnose(
    sandbox: Sandbox,
    question: Question,
    known: Sequence[WrongAnswer],
    calls: Sequence[Call],
    lost: AbstractSet[str],
    cache: ReferenceCache,
) -> str:
    """What the header of the nearest known wrong answer says; empty where none of those of its framework agrees.

    `calls` are those of the failed cases, with what the answer returned; a wrong answer that is caught by some of the
    `lost` criteria is nearest where it returns the same to all of them.
    """
    for wrong in known:
        if not lost.isdisjoint(wrong.header.loses):
            session = CachedSession(sandbox, question, wrong.source, cache)
            try:
                if all(_agrees(session, call) for call in calls[:_MAX_CALLS]):
                    return wrong.header.diagnosis
            finally:
                session.close()
    return ""


def _agrees(session: CachedSession, call: Call) -> bool:
    try:
        value = session.request(call.message["name"], {}, **call.message)
        assert_close(call.value, value, equal_nan=True)
    except ReferenceFailure as failure:
        return call.raised in failure.types
    except AssertionError:
        return False
    return not call.raised
