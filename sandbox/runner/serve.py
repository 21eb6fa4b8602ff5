"""The worker's loop: read a message, do it, reply.

A message is ``{"op": name, ...}``; a reply is ``{"value": ...}`` or ``{"error": ...}`` (see `failures.describe`).
While it works, the worker may ask back with ``{"callback": id, "args": ..., "kwargs": ...}``, and gets a reply of the
same form.
"""

from __future__ import annotations

import importlib.util
import inspect
import shutil
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from sandbox import wire
from sandbox.runner.adapters import Adapter, GradientError, to_numpy
from sandbox.runner.failures import describe
from sandbox.runner.forbidden import NotAllowed, forbid

_MAX_ITEMS = 1_000_000


class RemoteError(Exception):
    """A function of the rubric's refused its arguments, or failed."""


class _Fault(Exception):
    """A failure that the runner itself saw. `cause` is told to the trusted side under `kind`."""

    def __init__(self, kind: str, cause: BaseException) -> None:
        super().__init__(str(cause))
        self.kind, self.cause = kind, cause


def serve(channel: socket.socket, adapter: Adapter, scratch: Path) -> None:
    """Serve one answer until the other side closes the wire."""
    worker = _Worker(channel, adapter, scratch)
    while True:
        try:
            message = worker.receive()
        except EOFError:
            return
        worker.reply(message)


def rehearse(adapter: Adapter, scratch: Path, gradients: bool) -> None:
    """Load and call an answer of ours, and leave nothing of it behind.

    What a framework does lazily is done then; and a forked process has its own copy of the memory that an answer's
    first call writes to, before it has its answer. Raises RuntimeError where the rehearsal fails.
    """
    path, x = list(sys.path), np.eye(4, dtype=np.float32)
    call = {"name": "rehearse", "args": [x], "kwargs": {}}
    messages: list[dict[str, Any]] = [
        {"op": "load", "files": {"answer.py": adapter.rehearsal}, "main": "answer.py", "support": {}, "seed": 0},
        {"op": "call", **call},
    ]
    if gradients and adapter.name != "numpy":
        messages += [{"op": "gradients", **call, "wrt": [0], "output": None, "cotangent": x}]
    ours, theirs = socket.socketpair()
    with ours, theirs, ours.makefile("rb") as replies:
        worker = _Worker(theirs, adapter, scratch / "rehearsal")
        for message in messages:
            ours.sendall(wire.pack(message))
            worker.reply(worker.receive())
            reply = wire.read_frame(replies.read)
            if "error" in reply:
                raise RuntimeError(f"{adapter.name} does not work: {reply['error']}")
    del sys.modules["answer"]
    sys.path[:] = path
    shutil.rmtree(scratch / "rehearsal")


class _Worker:
    def __init__(self, channel: socket.socket, adapter: Adapter, scratch: Path) -> None:
        self._channel, self._adapter = channel, adapter
        self._reader = channel.makefile("rb")
        self._own, self._support = scratch / "answer", scratch / "support"
        self._answer: ModuleType | None = None
        self._objects: list[Any] = []
        self._training: dict[int, bool] = {}

    def receive(self) -> Any:
        def exactly(size: int) -> bytes:
            data = self._reader.read(size)
            if len(data) < size:
                raise EOFError
            return data

        return wire.read_frame(exactly)

    def reply(self, message: dict[str, Any]) -> None:
        try:
            operation = getattr(self, "_op_" + message.pop("op"))
            frame = wire.pack({"value": operation(**message)})
        except _Fault as fault:
            frame = wire.pack({"error": describe(fault.cause, self._own, fault.kind)})
        except wire.WireError as error:
            frame = wire.pack({"error": describe(error, self._own, "wire")})
        except NotAllowed as error:
            frame = wire.pack({"error": describe(error, self._own, "forbidden") | {"message": error.name}})
        except GradientError as error:
            frame = wire.pack({"error": describe(error, self._own, "gradient")})
        except BaseException as error:  # an answer may raise anything, SystemExit too
            frame = wire.pack({"error": describe(error, self._own)})
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except Exception:  # the answer may have put anything in its place
                continue
        self._channel.sendall(frame)

    # Operations. Their keywords are the message's keys.

    def _op_load(
        self,
        files: dict[str, bytes],
        main: str,
        support: dict[str, bytes],
        seed: int,
        forbidden: Sequence[str] = (),
    ) -> None:
        for folder, contents in ((self._own, files), (self._support, support)):
            for name, content in contents.items():
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        self._adapter.seed(seed)
        forbid(forbidden, self._own)
        main_path = self._own / main
        sys.path[:0] = list(dict.fromkeys([str(main_path.parent), str(self._own)]))
        self._answer = _import("answer", main_path)

    def _op_call(self, name: str, args: list[Any], kwargs: dict[str, Any], echo: bool = False) -> Any:
        function = self._entry_point(name)
        args, kwargs = self._incoming(args), self._incoming(kwargs)
        result = self._outgoing(_call(function, name, args, kwargs))
        return [result, self._outgoing(args)] if echo else result

    def _op_invoke(self, handle: int, method: str | None, args: list[Any], kwargs: dict[str, Any]) -> Any:
        thing = self._objects[handle]
        args, kwargs = self._incoming(args), self._incoming(kwargs)
        if method is not None:
            return self._outgoing(getattr(thing, method)(*args, **kwargs))
        if self._adapter.is_model(thing):
            return self._outgoing(self._adapter.call_model(thing, self._training.get(handle, False), args, kwargs))
        return self._outgoing(thing(*args, **kwargs))

    def _op_get(self, handle: int, name: str) -> Any:
        """An attribute's value, or None and True where it can be called."""
        value = getattr(self._objects[handle], name)
        return [None, True] if callable(value) else [self._outgoing(value), False]

    def _op_parameters(self, handle: int, trainable: bool | None) -> Any:
        found = self._adapter.parameters(self._model(handle))
        return {name: to_numpy(value) for name, (value, trains) in found.items() if trainable in (None, trains)}

    def _op_set_parameters(self, handle: int, values: dict[str, Any]) -> None:
        for name, value in values.items():
            self._adapter.set_parameter(self._model(handle), name, value)

    def _op_set_mode(self, handle: int, training: bool) -> None:
        self._training[handle] = training

    def _op_supply(self, module: str, function: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        loaded = sys.modules.get("support." + module) or _import("support." + module, self._support / f"{module}.py")
        return self._outgoing(getattr(loaded, function)(*self._incoming(args), **self._incoming(kwargs)))

    def _op_gradients(
        self, name: str, args: list[Any], kwargs: dict[str, Any], wrt: list[Any], output: int | None, cotangent: Any
    ) -> Any:
        """Gradients with respect to `wrt`: positions or keywords; a dict there stands for every array in it."""
        function = self._entry_point(name)
        places = [
            (where, key)
            for where in wrt
            for key in (_argument(args, kwargs, where) if isinstance(_argument(args, kwargs, where), dict) else [None])
        ]
        inputs = [
            _argument(args, kwargs, where) if key is None else _argument(args, kwargs, where)[key]
            for where, key in places
        ]
        args, kwargs = self._incoming(args), self._incoming(kwargs)

        def compute(tensors: list[Any]) -> Any:
            for (where, key), tensor in zip(places, tensors, strict=True):
                if key is not None:
                    _argument(args, kwargs, where)[key] = tensor
                elif isinstance(where, int):
                    args[where] = tensor
                else:
                    kwargs[where] = tensor
            result = _call(function, name, args, kwargs)
            if output is None:
                return result
            if not isinstance(result, list | tuple) or len(result) <= output:
                raise GradientError(f"the result has no element {output}")
            return result[output]

        found = self._adapter.gradients(compute, inputs, cotangent)
        return [self._outgoing(gradient) for gradient in found]

    # What the operations share.

    def _entry_point(self, name: str) -> Callable[..., Any]:
        found = getattr(self._answer, name, None)
        if found is None:
            raise _Fault("missing", LookupError(name))
        if not callable(found):
            raise _Fault("missing", TypeError(f"{name} is a {type(found).__name__}"))
        return found  # type: ignore[no-any-return]

    def _model(self, handle: int) -> Any:
        thing = self._objects[handle]
        if self._adapter.name != "numpy" and not self._adapter.is_model(thing):
            raise _Fault("model", TypeError(type(thing).__name__))
        return thing

    def _incoming(self, value: Any) -> Any:
        return wire.mapped(value, self._arrived)

    def _arrived(self, value: Any) -> Any:
        match value:
            case wire.Ref(kind="handle"):
                return self._objects[value.id]
            case wire.Ref():
                return self._stand_in(value)
        array = to_numpy(value)
        return value if array is None else self._adapter.native(value)

    def _outgoing(self, value: Any, depth: int = 0) -> Any:
        """`value` as plain data; what is none becomes a handle."""
        if depth > wire.MAX_DEPTH:
            raise wire.WireError(f"the value is nested more than {wire.MAX_DEPTH} deep")
        if value is None or type(value) in (bool, int, float, complex, str, bytes):
            return value
        array = to_numpy(value)
        if array is not None:
            if array.dtype.name in ("object", "str", "void"):
                raise wire.WireError(f"an array of dtype {array.dtype} does not cross the wire")
            return array
        if isinstance(value, list | tuple) and len(value) <= _MAX_ITEMS:
            items = [self._outgoing(x, depth + 1) for x in value]
            return items if isinstance(value, list) else tuple(items)
        if isinstance(value, dict) and len(value) <= _MAX_ITEMS:
            return {
                key if isinstance(key, int | float | str | tuple) else str(key): self._outgoing(x, depth + 1)
                for key, x in value.items()
            }
        self._objects.append(value)
        return wire.Ref("handle", len(self._objects) - 1, type(value).__name__)

    def _stand_in(self, ref: wire.Ref) -> Callable[..., Any]:
        def stand_in(*args: Any, **kwargs: Any) -> Any:
            asked = {"callback": ref.id, "args": self._outgoing(list(args)), "kwargs": self._outgoing(kwargs)}
            self._channel.sendall(wire.pack(asked))
            reply = self.receive()
            if "error" in reply:
                raise RemoteError(reply["error"])
            return self._incoming(reply["value"])

        stand_in.__name__ = stand_in.__qualname__ = ref.type or "function"
        return stand_in


def _argument(args: list[Any], kwargs: Mapping[str, Any], where: Any) -> Any:
    return args[where] if isinstance(where, int) else kwargs[where]


def _call(function: Callable[..., Any], name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    try:
        return function(*args, **kwargs)
    except TypeError:
        _bind(function, name, args, kwargs)
        raise


def _bind(function: Callable[..., Any], name: str, args: list[Any], kwargs: dict[str, Any]) -> None:
    """Raise a fault of its own where the signature does not take the call, so that it is not mistaken for a TypeError
    inside.
    """
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return  # some builtins have none
    try:
        signature.bind(*args, **kwargs)
    except TypeError:
        code = getattr(inspect.unwrap(function), "__code__", None)
        where = f"{Path(code.co_filename).name}:{code.co_firstlineno}: " if code else ""
        raise _Fault("signature", TypeError(f"{where}{name}{signature}")) from None


def _import(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path.name} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
