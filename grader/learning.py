"""Whether an answer that trains learns enough and, where it does not, how far it gets with less training."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable
from typing import Any

from grader.failure import AnswerFailure
from grader.proxy import Candidate, session_of
from grader.report.model import Learning

__tracebackhide__ = True  # a failure is shown where the rubric asserts

_LESS = (0.0, 1 / 6, 1 / 3)
"""The shares of the training after which an answer that has not learnt enough is measured too."""
_ROOM = 0.25
"""The share of the time left to an answer that this may take: no later case is to miss it."""


class Unlearned(AssertionError):
    """A trained answer does not reach the bar; `learning` is what it reaches after this and after less training."""

    def __init__(self, message: str, learning: Learning) -> None:
        super().__init__(message)
        self.learning = learning


def assert_learns(
    candidate: Candidate,
    score: Callable[[int], Any],
    amount: int,
    message: str,
    at_least: float | None = None,
    at_most: float | None = None,
    unit: str = "epochs",
) -> None:
    """``score(amount)``, what the answer reaches after so much training, is on the right side of the bar.

    Where it is not, `score` is asked about less training as well, down to none, as long as the answer's time allows:
    the report draws the curve. Each call is to train anew.

    Args:
        score: A number for an amount of training, measured on the trusted side.
        message: What the failure says, with a place for the score: ``"{:.0%} of new texts are classified right"``.
        at_least: The bar where more is better; `at_most`, where less is. One of them is given.
        unit: What `amount` counts: epochs, steps, episodes, texts.

    Raises ValueError unless there is one bar.
    """
    bar = at_most if at_least is None else at_least
    if bar is None or (at_least is not None and at_most is not None):
        raise ValueError("assert_learns takes either at_least or at_most")
    found = float(score(amount))
    if found >= bar if at_most is None else found <= bar:
        return
    curve = {**_with_less(candidate, score, amount), amount: found}
    finite = {after: reached for after, reached in curve.items() if math.isfinite(reached)}
    learning = Learning(
        after=tuple(finite), reached=tuple(finite.values()), bar=bar, more_is_better=at_most is None, unit=unit
    )
    raise Unlearned(message.format(found), learning)


def _with_less(candidate: Candidate, score: Callable[[int], Any], amount: int) -> dict[int, float]:
    session = session_of(candidate)
    curve: dict[int, float] = {}
    if not session.explained or session.usage.seconds * sum(_LESS) > _ROOM * session.left:
        return curve
    with session.aside():
        for less in sorted({int(share * amount) for share in _LESS} - {amount}):
            with contextlib.suppress(AnswerFailure, AssertionError):
                curve[less] = float(score(less))
    return curve
