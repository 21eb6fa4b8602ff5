"""What a rubric holds of an answer: stand-ins whose calls go over the wall and whose results are plain data.

Every way in which a call can end badly is an `AnswerFailure` with its verdict; nothing of the answer's is ever
trusted further than its dtype, shape and bytes.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

import numpy as np

from grader import words
from grader.bank import EntryPoint, Question
from grader.failure import AnswerFailure, failure_of
from grader.source import Source
from grader.verdicts import Verdict
from sandbox import wire
from sandbox.base import (
    Cell,
    MemoryExceeded,
    OutputExceeded,
    Sandbox,
    SandboxError,
    TimeExceeded,
    Worker,
    WorkerEnded,
)
from sandbox.wire import Ref, WireError

_MAX_ASKED = 16 << 20  # bytes that one call may hand to a rubric's functions
_MAX_KEPT = 1 << 20  # bytes of a call's result that is kept for the diagnosis
_MAX_LIFE_BYTES, _MAX_LIFE_CALLS = 32 << 20, 5000


@dataclass(frozen=True)
class Call:
    """One message to a worker, and what it gave or raised."""

    message: Mapping[str, Any]
    callbacks: Mapping[int, Callable[..., Any]] = field(default_factory=dict)
    value: Any = None
    raised: str = ""


@dataclass
class Life:
    """What a worker with a seed has been asked, in this order: enough to ask another the same.

    `complete` ends where something cannot be kept, or be asked again. Once `told`, nothing more is kept.
    """

    seed: int = 0
    calls: list[Call] = field(default_factory=list)
    seconds: float = 0.0
    complete: bool = True
    told: bool = False
    _size: int = 0

    def keep(self, call: Call | None) -> None:
        if self.told or not self.complete:
            return
        if call:
            self._size += bulk(call.message) + bulk(call.value)
            self.calls.append(call)
        fits = self._size <= _MAX_LIFE_BYTES and len(self.calls) <= _MAX_LIFE_CALLS
        self.complete = call is not None and fits


@dataclass
class Usage:
    """What one case has used, measured on the trusted side.

    `asked` is the entry point that was called last; `calls` are those of entry points with plain data and functions,
    that gave plain data; `plain` says that there were no others.
    """

    seconds: float = 0.0
    asked: str = ""
    output: list[str] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    plain: bool = True


class Session:
    """One answer's workers, one after another: each lives until it is replaced by one as good as new.

    A load that fails is not tried again: every later case fails in the same way at once. The answer computes on a GPU
    where the sandbox has them and the question takes them.
    """

    explained = True
    """Whether somebody is to read why a case failed."""
    again = False
    """Whether the answer is graded for the second time: an error of its GPU is its own then, unless the GPU is ill."""

    def __init__(
        self, sandbox: Sandbox, question: Question, source: Source, refused: AnswerFailure | None = None
    ) -> None:
        self._sandbox = sandbox if source.framework in question.gpu else sandbox.on_cpu
        self.question, self.source = question, source
        self._cell: Cell | None = None
        self._worker: Worker | None = None
        self._seed = 0
        self._load_failure = refused
        self._spent = 0.0
        self.usage = Usage()
        self.life = Life()

    def renew(self, seed: int) -> None:
        """Let the next call find a worker as good as new, its generators seeded with `seed`."""
        self._end_worker()
        self._seed = seed

    def start_case(self) -> None:
        self.usage = Usage()

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        """What is asked meanwhile is no part of the case: of its time, its calls, its output. The worker's life is told
        up to here.
        """
        self.life.told = True
        usage, self.usage = self.usage, Usage()
        try:
            yield
        finally:
            self.usage = usage

    @property
    def left(self) -> float:
        """The seconds that the answer may still compute, over all cases."""
        return self.question.limits.total_seconds - self._spent

    def close(self) -> None:
        """End the answer's worker, and remove all that it left. A later call starts anew."""
        self._end_worker()
        if self._cell:
            self._cell.close()
            self._cell = None

    def _end_worker(self) -> None:
        if self._worker:
            self._worker.close()
            self._worker = None

    def request(self, what: str, callbacks: Mapping[int, Callable[..., Any]], **message: Any) -> Any:
        """The reply's value to one message. `what` names the call in messages. Raises AnswerFailure."""
        if message["op"] in ("call", "gradients"):
            self.usage.asked = message["name"]
        self._load()
        plain = message["op"] in ("call", "gradients") and not has_handle(message)
        try:
            value = self._exchange(what, self.question.limits.call_seconds, callbacks, message)
        except AnswerFailure as failure:
            self._keep(Call(message, callbacks, raised=failure.types[0]) if failure.types else None, plain)
            raise
        self._keep(Call(message, callbacks, value), plain and not wire.has_ref(value) and bulk(value) <= _MAX_KEPT)
        return value

    def _keep(self, call: Call | None, plain: bool) -> None:
        if call and plain:
            self.usage.calls.append(call)
        else:
            self.usage.plain = False
        if self.explained:
            self.life.keep(call)

    def failing(self, failure: AnswerFailure) -> Exception:
        """What to raise where a value turns out not to be as asked."""
        return failure

    def _load(self) -> None:
        if self._load_failure:
            raise self._load_failure.with_traceback(None)  # else it would grow with every case
        if self._worker:
            return
        if not self._cell:
            runtime = self.question.runtime_of(self.source.framework)
            self._cell = self._sandbox.cell(runtime, self.question.limits)
        self._worker = self._cell.open()
        self.life = Life(self._seed)
        message = {
            "op": "load",
            "files": dict(self.source.files),
            "main": self.source.main,
            "support": dict(self.question.support),
            "seed": self._seed,
            "forbidden": self._forbidden(),
        }
        try:
            self._exchange(f"importing {self.source.main}", self.question.limits.load_seconds, {}, message)
        except AnswerFailure as failure:
            self._load_failure = failure
            raise

    def _forbidden(self) -> list[str]:
        """What the worker takes away before it loads the answer. The reference may use what its question forbids."""
        question, source = self.question, self.source
        names = question.policy.forbidden
        if names and source.files.get(source.main) == question.reference_source(source.framework):
            return []
        return list(names)

    def _exchange(self, what: str, seconds: float, callbacks: Mapping[int, Callable[..., Any]], message: Any) -> Any:
        worker = self._worker
        assert worker is not None
        limits = self.question.limits
        loading = message["op"] == "load"
        left = min(seconds, self.left)
        if left <= 0:
            self._fail(Verdict.TIME_LIMIT, words.out_of_time(limits.total_seconds))
        started = time.perf_counter()

        def used() -> float:
            return time.perf_counter() - started

        received = worker.received
        try:
            while True:
                worker.send(message, left - used())
                reply = worker.receive(left - used())
                if not (isinstance(reply, dict) and "callback" in reply):
                    break
                if worker.received - received > _MAX_ASKED:  # a rubric may keep what its functions are given
                    raise OutputExceeded("it handed too much to the functions that it was given")
                message = _answer_callback(callbacks, reply)  # on the answer's time: it decides how often it calls
            self._keep_output()
        except TimeExceeded:
            self._fail(Verdict.TIME_LIMIT, words.too_slow(what, left))
        except MemoryExceeded as error:
            self._fail(Verdict.MEMORY_LIMIT, f"{what}: {error}")
        except OutputExceeded as error:
            self._fail(Verdict.OUTPUT_LIMIT, f"{what}: {error}", words.too_much_output(what))
        except WorkerEnded as error:
            self._fail(Verdict.RUNTIME_ERROR, f"{what}: {error}", words.ended(what))
        except WireError as error:
            self._fail(Verdict.WRONG_ANSWER, f"{what}: {error}", words.not_plain(what))
        finally:
            self.usage.seconds += used()
            self.life.seconds += used()
            self._spent += used()
        if not isinstance(reply, dict) or not ({"value", "error"} & reply.keys()):
            self._fail(Verdict.RUNTIME_ERROR, f"{what}: it wrote to the wire")
        if "error" in reply:
            failure = failure_of(reply["error"], what, self.source, self.question, loading)
            if failure.device and self._sandbox.devices:
                self._device_failed(failure)
            raise failure
        return reply["value"]

    def _device_failed(self, failure: AnswerFailure) -> None:
        """Raises SandboxError where the answer is not to blame, or not yet."""
        self._end_worker()  # its CUDA context is of no use any more
        assert self._cell is not None
        fault = self._cell.fault()
        if fault or not self.again:
            raise SandboxError(f"a GPU failed ({fault or failure})")

    def _fail(self, verdict: Verdict, message: str, public: str = "") -> NoReturn:
        with contextlib.suppress(WorkerEnded):
            self._keep_output()
        self._end_worker()
        raise AnswerFailure(verdict, message, public)

    def _keep_output(self) -> None:
        if self._worker and (text := self._worker.take_output()):
            self.usage.output.append(text)


def _answer_callback(callbacks: Mapping[int, Callable[..., Any]], asked: dict[str, Any]) -> dict[str, Any]:
    """Run a function of the rubric's that the answer has called. What it raises is the answer's to handle: it gave
    the arguments.
    """
    try:
        function = callbacks[asked["callback"]]
        value = function(*asked["args"], **asked["kwargs"])
        return {"value": value}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"[:500]}


class Callee:
    """A function or class of the answer's. Calling it calls the answer."""

    __name__: str

    def __init__(self, session: Session, entry_point: EntryPoint) -> None:
        self.session, self.entry_point = session, entry_point
        self.__name__ = entry_point.name

    def __repr__(self) -> str:
        return f"<{self.entry_point.name} of the answer>"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        callbacks: dict[int, Callable[..., Any]] = {}
        value = self.session.request(
            self.__name__, callbacks, op="call", name=self.__name__, **_arguments(args, kwargs, callbacks)
        )
        return self.received(value)

    def received(self, value: Any) -> Any:
        """`value` if it is of the kinds that the question asks for. Raises AnswerFailure."""
        returns = "object" if self.entry_point.kind == "class" else self.entry_point.returns
        if isinstance(returns, tuple):
            if not isinstance(value, tuple | list) or len(value) != len(returns):
                self._refuse(value, " and ".join(returns))
            for item, kind in zip(value, returns, strict=True):
                self._check(item, kind)
            value = tuple(value)
        else:
            self._check(value, returns)
        return revive(self.session, value, self.__name__ if self.entry_point.kind == "class" else f"{self.__name__}()")

    def _check(self, value: Any, kind: str) -> None:
        match kind:
            case "array":
                fits = isinstance(value, np.ndarray)
            case "number":
                fits = type(value) in (int, float) or (isinstance(value, np.ndarray) and value.ndim == 0)
            case "list":
                fits = isinstance(value, list | tuple) or (isinstance(value, np.ndarray) and value.ndim == 1)
            case "object":
                fits = isinstance(value, Ref)
            case _:
                fits = True
        if not fits:
            self._refuse(value, kind)

    def _refuse(self, value: Any, expected: str) -> NoReturn:
        sentence = words.wrong_kind(self.__name__, _describe(value), expected)
        public = words.wrong_kind(self.__name__, _describe_kind(value), expected)
        raise self.session.failing(AnswerFailure(Verdict.WRONG_ANSWER, sentence, public))


class Handle:
    """An object that stays behind the wall: call it, call its methods, read its attributes.

    `name` says in messages where it came from: the object's own type is the answer's to name.
    """

    def __init__(self, session: Session, ref: Ref, name: str) -> None:
        self._session, self._ref, self._name = session, ref, name
        self._methods: set[str] = set()

    def __repr__(self) -> str:
        return f"<a {self._ref.type} of the answer's>"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._invoke(None, args, kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._methods:
            what = f"{self._name}.{name}"
            reply = self._session.request(what, {}, op="get", handle=self._ref.id, name=name)
            if not (isinstance(reply, list) and len(reply) == 2):
                raise AnswerFailure(Verdict.RUNTIME_ERROR, f"{what}: it wrote to the wire")
            value, callable_ = reply
            if callable_ is not True:
                return revive(self._session, value, what)
            self._methods.add(name)
        return lambda *args, **kwargs: self._invoke(name, args, kwargs)

    def _invoke(self, method: str | None, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        callbacks: dict[int, Callable[..., Any]] = {}
        what = f"{self._name}.{method}" if method else self._name
        value = self._session.request(
            what, callbacks, op="invoke", handle=self._ref.id, method=method, **_arguments(args, kwargs, callbacks)
        )
        return revive(self._session, value, f"{what}()")


def handle_parts(handle: Handle) -> tuple[Session, Ref, str]:
    """The session, reference and name behind a handle. Raises AnswerFailure where the answer gave something else in its
    place.
    """
    if not isinstance(handle, Handle):
        raise AnswerFailure(
            Verdict.WRONG_ANSWER, words.no_model(_describe(handle)), words.no_model(_describe_kind(handle))
        )
    return handle._session, handle._ref, handle._name


class Candidate:
    """An answer behind the wall: each entry point of the question is a method."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._entry_points = session.question.entry_points_of(session.source.framework)
        for name, entry_point in self._entry_points.items():
            setattr(self, name, self._callee(entry_point))

    def _callee(self, entry_point: EntryPoint) -> Callee:
        return Callee(self._session, entry_point)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(
            f"{name} is no entry point of {self._session.question.id}; there are {', '.join(self._entry_points)}"
        )


def session_of(candidate: Candidate) -> Session:
    return candidate._session


def _arguments(
    args: tuple[Any, ...], kwargs: dict[str, Any], callbacks: dict[int, Callable[..., Any]]
) -> dict[str, Any]:
    return {
        "args": [outgoing(x, callbacks) for x in args],
        "kwargs": {k: outgoing(x, callbacks) for k, x in kwargs.items()},
    }


def outgoing(value: Any, callbacks: dict[int, Callable[..., Any]]) -> Any:
    """`value` as the wire carries it: handles and functions become names; functions are noted in `callbacks`."""

    def named(x: Any) -> Any:
        if isinstance(x, Handle):
            return x._ref
        if callable(x):
            callbacks[len(callbacks)] = x
            return Ref("callback", len(callbacks) - 1, getattr(x, "__name__", "function"))
        return x

    return wire.mapped(value, named)


def revive(session: Session, value: Any, name: str) -> Any:
    """`value` with a `Handle` for each reference in it; `name` says where they come from."""
    return wire.mapped(value, lambda x: Handle(session, x, name) if is_handle(x) else x)


def is_handle(value: Any) -> bool:
    return isinstance(value, Ref) and value.kind == "handle"


def _describe(value: Any) -> str:
    match value:
        case np.ndarray():
            return f"one array of shape {value.shape}"
        case tuple() | list():
            return f"a {type(value).__name__} of {len(value)}"
        case Ref() | Handle():
            return f"a {value.type if isinstance(value, Ref) else value._ref.type}"
    return _describe_kind(value)


def _describe_kind(value: Any) -> str:
    """What it is, in no word of the answer's."""
    match value:
        case None:
            return "nothing (None)"
        case np.ndarray():
            return "one array"
        case Ref() | Handle():
            return "an object"
    return f"a {type(value).__name__}"


def bulk(value: Any) -> int:
    """About how many bytes a plain value takes."""
    match value:
        case np.ndarray() | np.generic():
            return int(value.nbytes)
        case str() | bytes():
            return len(value)
        case list() | tuple():
            return 16 * len(value) + sum(map(bulk, value))
        case dict():
            return 32 * len(value) + sum(map(bulk, value.values()))
    return 8


def has_handle(value: Any) -> bool:
    """Whether an object of the answer's is anywhere in `value`."""
    match value:
        case Ref(kind="handle"):
            return True
        case list() | tuple():
            return any(map(has_handle, value))
        case Mapping():
            return any(map(has_handle, value.values()))
    return False
