"""What an answer was asked and what it gave, kept so that it can be asked of another."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from grader.failure import AnswerFailure
from grader.proxy import Session, has_handle


@dataclass(frozen=True)
class Raised:
    """An answer raised an exception of this type, or ended by this verdict."""

    type: str


@dataclass(frozen=True)
class Exchange:
    """One message to an answer, and what came of it.

    Attributes:
        what: Names the call.
        message: As `Session.request` takes it, with `callbacks`.
        heard: The arguments with which the answer called the callbacks, in order.
        outcome: The value, or `Raised`.
    """

    what: str
    message: Mapping[str, Any]
    callbacks: Mapping[int, Callable[..., Any]]
    heard: Sequence[Any]
    outcome: Any


@dataclass(frozen=True)
class Segment:
    """What one worker was asked, its generators seeded with `seed`."""

    seed: int
    exchanges: list[Exchange] = field(default_factory=list)

    @property
    def makes_objects(self) -> bool:
        """Whether what is asked of the worker stays in it: then nothing else may come between."""
        return any(has_handle(exchange.outcome) for exchange in self.exchanges)


class Recorder(Session):
    """A session that keeps what it is asked and what it answers. Nothing limits what it may compute in all."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.tape: list[Segment] = []

    def renew(self, seed: int) -> None:
        super().renew(seed)
        self.tape.append(Segment(seed))

    def request(self, what: str, callbacks: Mapping[int, Callable[..., Any]], **message: Any) -> Any:
        kept = copy.deepcopy(message)  # the rubric may write into its arrays later
        exchange, error = self._heard(what, callbacks, kept)
        self.tape[-1].exchanges.append(exchange)
        if error:
            raise error
        return exchange.outcome

    def ask(self, what: str, callbacks: Mapping[int, Callable[..., Any]], message: Mapping[str, Any]) -> Exchange:
        """Make a call and keep nothing."""
        return self._heard(what, callbacks, message)[0]

    def _heard(
        self, what: str, callbacks: Mapping[int, Callable[..., Any]], message: Mapping[str, Any]
    ) -> tuple[Exchange, AnswerFailure | None]:
        heard: list[Any] = []

        def listening(number: int) -> Callable[..., Any]:
            def listen(*args: Any, **kwargs: Any) -> Any:
                heard.append((number, args, kwargs))
                return callbacks[number](*args, **kwargs)

            return listen

        self._spent = 0.0
        self.start_case()
        error = None
        try:
            outcome = super().request(what, {number: listening(number) for number in callbacks}, **message)
        except AnswerFailure as failure:
            error = failure
            outcome = Raised(failure.types[0] if failure.types else failure.verdict.value)
        return Exchange(what, message, callbacks, heard, outcome), error
