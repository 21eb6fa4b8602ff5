"""A question's own short cuts, taken away from the worker before it loads an answer.

Safety does not rest on it: an answer that looks for other roads finds some. It catches what the static screen cannot
see, such as names that are put together at run time, and every re-export of a class or function written in Python.

A class or function written in Python is disarmed itself, so that each of its names is; one written in C loses its names
in the places that its library is known to export it from. A module that is loaded stays, since the framework looks
things up in it, and the answer finds a guard in its place. Nothing is imported: what is not loaded is refused when the
answer imports it.
"""

from __future__ import annotations

import importlib
import importlib.abc
import sys
from collections.abc import Collection, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import FrameType, FunctionType, ModuleType
from typing import Any

_PLACES = {
    "torch": ("torch", "torch._ops", "torch._C._nn", "torch.nn.functional"),
    "keras": ("keras.layers", "keras.src.layers", "keras.src.ops.nn", "keras.src.backend.tensorflow.nn"),
}
"""Where a library keeps what it exports under several names."""
_IMPORT_SYSTEM = ("<frozen importlib._bootstrap>", "<frozen importlib._bootstrap_external>", importlib.__file__)
_MODULE_FACTS = {"__doc__", "__file__", "__loader__", "__package__", "__path__", "__spec__"}


class NotAllowed(ImportError, RuntimeError):
    """The answer has used what its question forbids; `name` is how the question calls it."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not allowed in this question", name=name)


def forbid(names: Sequence[str], own: Path) -> None:
    """Take the things with these dotted names away from this process, for an answer whose files lie in `own`."""
    modules = {name: module for name in names if isinstance(module := sys.modules.get(name), ModuleType)}
    for name in reversed(names):  # of two names of one thing, the first is told
        root, _, last = name.partition(".")[0], *name.rpartition(".")[1:]
        places = {*modules, *(other.rpartition(".")[0] for other in names), *_PLACES.get(root, ())}
        for place in (sys.modules[p] for p in places if p.partition(".")[0] == root and p in sys.modules):
            thing = vars(place).get(last)
            if name not in modules:
                _take(thing, place, last, name)
            elif thing is modules[name]:
                setattr(place, last, _Guard(name, modules[name], own))
    sys.modules.update({name: _Guard(name, module, own) for name, module in modules.items()})
    if names:
        sys.meta_path.insert(0, _Refuser(names, own))


def _take(thing: Any, place: ModuleType, last: str, name: str) -> None:
    if isinstance(thing, ModuleType) or not callable(thing):
        return

    def refuse(self: Any = None, *_: Any, **__: Any) -> Any:  # keras looks for `self`
        raise NotAllowed(name)

    if isinstance(thing, FunctionType) and not thing.__closure__:
        thing.__code__, thing.__defaults__ = _refuse.__code__, None
        thing.__kwdefaults__ = {"_refusal": NotAllowed, "_name": name}
        return
    if isinstance(thing, type):
        try:
            thing.__init__ = refuse  # type: ignore[misc]
        except TypeError:  # a class written in C
            pass
        else:
            return
    setattr(place, last, refuse)


def _refuse(*_: Any, _refusal: Any = None, _name: str = "", **__: Any) -> Any:
    raise _refusal(_name)


class _Guard(ModuleType):
    """Stands in the place of a module: the framework's own code finds the module in it, the answer does not."""

    def __init__(self, name: str, module: ModuleType, own: Path) -> None:
        super().__init__(name)
        kept = {key: value for key, value in vars(module).items() if key in _MODULE_FACTS}
        self.__dict__.update(kept, _forbidden=(name, module, own))

    def __getattr__(self, attribute: str) -> Any:
        name, module, own = vars(self)["_forbidden"]
        if not attribute.startswith("__") and _is_of(own, sys._getframe(1)):
            raise NotAllowed(name)
        return getattr(module, attribute)

    def __setattr__(self, attribute: str, value: Any) -> None:
        setattr(vars(self)["_forbidden"][1], attribute, value)  # as the import system does with a submodule


class _Refuser(importlib.abc.MetaPathFinder):
    """Refuses to import what is forbidden, or lies in it, where the answer asks for it."""

    def __init__(self, names: Collection[str], own: Path) -> None:
        self._names, self._own = frozenset(names), own

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        name = fullname
        while name and name not in self._names:
            name = name.rpartition(".")[0]
        if name:
            frame: FrameType | None = sys._getframe(1)
            while frame and frame.f_code.co_filename in _IMPORT_SYSTEM:
                frame = frame.f_back
            if frame and _is_of(self._own, frame):
                raise NotAllowed(name)
        return None


def _is_of(own: Path, frame: FrameType) -> bool:
    """Whether a frame runs the answer's code, code that it has made of strings included."""
    file = frame.f_code.co_filename
    return file == "<string>" or file.startswith(f"{own}/")
