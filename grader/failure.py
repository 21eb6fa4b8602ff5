"""How an answer fails a case, in words for the reviewer and for the candidate."""

from __future__ import annotations

import builtins
from typing import Any

from grader import words
from grader.bank import Question
from grader.policy.rules import SHORT_CUT
from grader.source import Place, Source
from grader.verdicts import Verdict

_MAX_WORD = 4000
_MAX_FRAMES = 20


class AnswerFailure(Exception):
    """A case ended badly, and the answer is why.

    `public` may be read by the candidate: it holds no value of the case. `detail` is for the reviewer. `types` are
    the names of the classes of the answer's exception, the nearest first. `place` is where in the answer it was raised.
    `device` says that its GPU failed, by the worker's own account.
    """

    device = False

    def __init__(
        self,
        verdict: Verdict,
        message: str,
        public: str = "",
        detail: str = "",
        types: tuple[str, ...] = (),
        place: Place | None = None,
    ) -> None:
        super().__init__(message)
        self.verdict, self.public, self.detail, self.types = verdict, public or message, detail, types
        self.place = place


def failure_of(error: Any, what: str, source: Source, question: Question, loading: bool) -> AnswerFailure:
    """What the worker says of an error in `what`. It may have made all of it up, and have seen hidden inputs: for the
    candidate are the places in its own files, and words of ours.
    """
    try:
        kind, name, message = (_word(error[key]) for key in ("kind", "type", "message"))
        types = tuple(map(_word, _short_list(error["types"])))
        frames = [
            {key: _word(f[key]) for key in ("file", "function", "text")} | {"line": f["line"]}
            for f in _short_list(error["frames"])
        ]
    except (TypeError, KeyError):
        return AnswerFailure(Verdict.RUNTIME_ERROR, f"{what}: it wrote to the wire")
    frames = [f for f in frames if source.has_line(f["file"], f["line"])]
    detail = "\n".join(f"{f['file']}:{f['line']} in {f['function']}: {f['text']}" for f in frames)
    place = Place(frames[-1]["file"], frames[-1]["line"]) if frames else None
    where = f"{place} " if place else ""

    def raised(verdict: Verdict, sentence: str, public: str = "") -> AnswerFailure:
        return AnswerFailure(verdict, where + sentence, where + (public or sentence), detail, types, place)

    match kind:
        case "memory":
            return raised(Verdict.MEMORY_LIMIT, words.too_much_memory(what, question.limits.memory_mb))
        case "gpu-memory":
            return raised(Verdict.MEMORY_LIMIT, words.too_much_gpu_memory(what, question.limits.gpu_memory_mb))
        case "forbidden" if message in question.policy.forbidden:  # else the answer has forged it
            return raised(Verdict.POLICY_VIOLATION, f"`{message}` {SHORT_CUT.reason}.")
        case "missing":
            return AnswerFailure(Verdict.NOT_ANSWERED, words.missing(message), words.missing(what))
        case "signature":
            return AnswerFailure(Verdict.RUNTIME_ERROR, words.signature(message, what), words.signature("it", what))
        case "gradient" | "wire" | "model":
            return AnswerFailure(Verdict.WRONG_ANSWER, f"{what}: {message}", words.unfit(what, kind), types=types)
    sentence = f"{name}: {message}" if message else name
    # While it is loaded, an answer has seen no input yet.
    if loading and ("SyntaxError" in types or message.startswith("No module named")):
        return raised(Verdict.RUNTIME_ERROR, sentence)
    failure = raised(Verdict.RUNTIME_ERROR, sentence, f"{known_error(types)} in {what}")
    failure.device = kind == "device"
    return failure


def known_error(types: tuple[str, ...]) -> str:
    """The nearest class of an exception that Python itself has: an answer may name its own after an input."""
    return next((t for t in types if hasattr(builtins, t)), "an exception")


def _word(value: Any) -> str:
    if type(value) is not str:
        raise TypeError
    return value[:_MAX_WORD]


def _short_list(value: Any) -> list[Any]:
    if type(value) is not list:
        raise TypeError
    return value[:_MAX_FRAMES]
