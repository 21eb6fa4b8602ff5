"""The calls that a rubric makes of a right answer, kept so that they can be made again of another.

Two answers that give the same to all of them, and to variations of them, are taken to be equivalent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from grader.authoring.apart import how_apart, shown_call
from grader.authoring.tape import Exchange, Raised, Recorder, Segment
from grader.authoring.variations import variations
from grader.bank import Question
from grader.grading import grade
from grader.proxy import has_handle
from grader.pytest_plugin import Job
from grader.reference import ReferenceCache, reference_source
from grader.source import Source
from sandbox import wire
from sandbox.base import Sandbox

_CALLBACKS = 1000  # calls of an entry point's callbacks, then its remaining calls are left out
_VARIED = 5  # calls of an entry point that are varied, spread evenly over those that the rubric makes

Tape = Sequence[Segment]


def record(
    sandbox: Sandbox, question: Question, framework: str, seeds: Sequence[int], cache: ReferenceCache
) -> list[Segment]:
    """What the rubric asks of the reference under each of `seeds`, then variations of it.

    A variation that the reference fails, other than by the ValueError that questions ask for, is none of the
    question's, and left out.
    """
    source = reference_source(question, framework)
    tape: list[Segment] = []

    class Kept(Recorder):
        def close(self) -> None:
            super().close()
            tape.extend(segment for segment in self.tape if segment.exchanges)
            self.tape.clear()

    for seed in seeds:
        grade(sandbox, question, framework, [Job(source, session=Kept)], seed, cache, lambda *_: None)
    exchanges = [exchange for segment in tape for exchange in segment.exchanges]
    alone = [e for e in exchanges if not has_handle(e.message) and not has_handle(e.outcome)]
    session = Recorder(sandbox, question, source)
    try:
        asked = _asked(session, alone)
        return [Segment(0, list(asked)), *(segment for segment in tape if segment.makes_objects)]
    finally:
        session.close()


def _asked(session: Recorder, exchanges: Sequence[Exchange]) -> Iterator[Exchange]:
    """The exchanges and their variations, without repetitions, of one worker; first those that call back least."""
    session.renew(0)
    seen = set()
    by_name: dict[str, list[Exchange]] = {}
    for exchange in sorted(exchanges, key=lambda exchange: len(exchange.heard)):
        by_name.setdefault(f"{exchange.message['op']} {exchange.what}", []).append(exchange)
    for alike in by_name.values():
        step, left = max(1, len(alike) // _VARIED), _CALLBACKS
        for i, exchange in enumerate(alike):
            varied = exchange.message["op"] == "call" and i % step == 0
            for message in (exchange.message, *(variations(exchange.message) if varied else ())):
                key = hashlib.sha256(wire.pack([message, *map(id, exchange.callbacks.values())])).digest()
                if key in seen or left < 0:
                    continue
                seen.add(key)
                found = session.ask(exchange.what, exchange.callbacks, message)
                left -= len(found.heard)
                if not isinstance(found.outcome, Raised) or found.outcome.type == "ValueError":
                    yield found


def difference(sandbox: Sandbox, question: Question, source: Source, tape: Tape) -> str:
    """The first call to which `source` gives something else than what the tape holds, and how it differs; empty where
    there is none.
    """
    session = Recorder(sandbox, question, source)
    try:
        for segment in tape:
            session.renew(segment.seed)
            for expected in segment.exchanges:
                actual = session.ask(expected.what, expected.callbacks, expected.message)
                if how := how_apart(actual, expected):
                    return f"{shown_call(expected)}: {how}"
    finally:
        session.close()
    return ""
