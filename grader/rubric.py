"""The one public face for authors of rubrics. See docs/authoring.md."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import pytest

from grader.comparison import Mismatch, assert_close
from grader.failure import AnswerFailure, known_error
from grader.learning import assert_learns
from grader.proxy import Callee, Candidate, Handle, handle_parts, outgoing, revive
from grader.statistics import assert_frequencies, assert_proportion
from grader.verdicts import Verdict

__tracebackhide__ = True  # a failure is shown where the rubric asserts

__all__ = [
    "Handle",
    "assert_close",
    "assert_frequencies",
    "assert_gradients_close",
    "assert_learns",
    "assert_proportion",
    "assert_raises",
    "copy_parameters",
    "criterion",
    "gradients",
    "inputs_after",
    "parameters",
    "public",
    "set_mode",
    "set_parameters",
    "supply",
]

Test = TypeVar("Test", bound=Callable[..., Any])
Array = np.ndarray[Any, Any]

public = pytest.mark.public
"""Marks a criterion, or a case of it (``pytest.param(2, 6, marks=public)``), that candidates may see and try: inputs,
expected values, and what their answer prints. `rng` gives the same numbers there in every run.
"""


@dataclass(frozen=True)
class Criterion:
    """What `criterion` notes on a test function."""

    points: float
    title: str
    title_zh: str
    frameworks: tuple[str, ...] | None
    partial: bool


def criterion(
    points: float,
    title: str,
    zh: str = "",
    frameworks: Sequence[str] | None = None,
    partial: bool = True,
) -> Callable[[Test], Test]:
    """Make a test function a criterion worth `points`.

    Args:
        points: All of a question's criteria add up to 100, in each framework.
        title: What a reader of the report learns was looked for; `zh` says it in Chinese.
        frameworks: Those that the criterion applies to; all, where it is None.
        partial: Earn points in proportion to the cases that pass; otherwise only all of them earn any.
    """

    def mark(test: Test) -> Test:
        note = Criterion(float(points), title, zh or title, tuple(frameworks) if frameworks else None, partial)
        test.criterion = note  # type: ignore[attr-defined]
        return test

    return mark


def assert_raises(error: str, function: Callee | Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    """The call raises the exception named `error`, or a subclass of it, in the answer's own code."""
    try:
        function(*args, **kwargs)
    except AnswerFailure as failure:
        if error in failure.types:
            return
        if failure.verdict is not Verdict.RUNTIME_ERROR or not failure.types:
            raise
        asked = f"where {error} is asked for"
        public = f"{_name(function)} raised {known_error(failure.types)} {asked}"
        raise Mismatch(f"{_name(function)} raised {failure.types[0]} {asked}", public) from None
    sentence = f"{_name(function)} raised nothing where {error} is asked for"
    raise Mismatch(sentence, sentence)


def gradients(
    function: Callee,
    *args: Any,
    wrt: Sequence[int | str] = (0,),
    output: int | None = None,
    cotangent: Array,
    **kwargs: Any,
) -> list[Array]:
    """Gradients of ``sum(output * cotangent)`` with respect to the arguments at the positions or keywords `wrt`.

    One array for each, of the argument's shape; a dict argument stands for every array in it, in its order. `output`
    chooses an element of a tuple;
    `cotangent` has its shape. Torch and TensorFlow only.

    Raises AnswerFailure, with `wrong_answer` where no gradient flows.
    """
    callbacks: dict[int, Callable[..., Any]] = {}
    found = function.session.request(
        f"the gradient of {_name(function)}",
        callbacks,
        op="gradients",
        name=_name(function),
        args=[outgoing(x, callbacks) for x in args],
        kwargs={key: outgoing(x, callbacks) for key, x in kwargs.items()},
        wrt=list(wrt),
        output=output,
        cotangent=cotangent,
    )
    if type(found) is not list or not all(isinstance(gradient, np.ndarray) for gradient in found):
        raise AnswerFailure(Verdict.RUNTIME_ERROR, f"the gradient of {_name(function)}: it wrote to the wire")
    return found


def assert_gradients_close(
    candidate: Callee,
    reference: Callee,
    *args: Any,
    wrt: Sequence[int | str] = (0,),
    output: int | None = None,
    rtol: float = 1e-4,
    atol: float = 1e-5,
    **kwargs: Any,
) -> None:
    """The gradients of a random projection of both outputs agree. Arguments as in `gradients`, tolerances as in
    `assert_close`.
    """
    value = reference(*args, **kwargs)
    shape = np.shape(value if output is None else value[output])
    cotangent = np.random.default_rng(len(shape)).normal(size=shape).astype(np.float32)
    expected = gradients(reference, *args, wrt=wrt, output=output, cotangent=cotangent, **kwargs)
    actual = gradients(candidate, *args, wrt=wrt, output=output, cotangent=cotangent, **kwargs)
    assert_close(actual, expected, rtol=rtol, atol=atol)


def inputs_after(function: Callee, *args: Any, **kwargs: Any) -> tuple[Any, list[Any]]:
    """The call's result, and its positional arguments as the call has left them."""
    callbacks: dict[int, Callable[..., Any]] = {}
    reply = function.session.request(
        _name(function),
        callbacks,
        op="call",
        name=_name(function),
        args=[outgoing(x, callbacks) for x in args],
        kwargs={key: outgoing(x, callbacks) for key, x in kwargs.items()},
        echo=True,
    )
    if not isinstance(reply, list) or len(reply) != 2:
        raise AnswerFailure(Verdict.RUNTIME_ERROR, f"{_name(function)}: it wrote to the wire")
    return function.received(reply[0]), revive(function.session, reply[1], "an argument")


def parameters(model: Handle, trainable: bool | None = None) -> dict[str, Array]:
    """The model's parameters and buffers by name: all, or the trainable or the frozen ones."""
    session, ref, name = handle_parts(model)
    found = session.request(f"the parameters of {name}", {}, op="parameters", handle=ref.id, trainable=trainable)
    if not isinstance(found, dict) or not all(isinstance(value, np.ndarray) for value in found.values()):
        raise AnswerFailure(Verdict.RUNTIME_ERROR, f"the parameters of {name}: it wrote to the wire")
    return found


def set_parameters(model: Handle, values: dict[str, Array]) -> None:
    """Write parameters by name."""
    session, ref, name = handle_parts(model)
    session.request(f"the parameters of {name}", {}, op="set_parameters", handle=ref.id, values=values)


def copy_parameters(source: Handle, target: Handle) -> None:
    """Give the target model the parameters and buffers of the source, a model of the same kind, in their order: their
    names may differ.

    Raises ValueError where there are not as many.
    """
    set_parameters(target, dict(zip(parameters(target), parameters(source).values(), strict=True)))


def set_mode(model: Handle, training: bool) -> None:
    """The mode in which the rubric's later calls of `model` run: train or eval."""
    session, ref, name = handle_parts(model)
    session.request(f"the mode of {name}", {}, op="set_mode", handle=ref.id, training=training)


def supply(candidate: Candidate, name: str, *args: Any, **kwargs: Any) -> Any:
    """Call ``module.function`` of the question's `support/` inside the worker: handles and plain data, as it returns
    them.
    """
    module, _, function = name.rpartition(".")
    session = candidate._session
    callbacks: dict[int, Callable[..., Any]] = {}
    value = session.request(
        name,
        callbacks,
        op="supply",
        module=module,
        function=function,
        args=[outgoing(x, callbacks) for x in args],
        kwargs={key: outgoing(x, callbacks) for key, x in kwargs.items()},
    )
    return revive(session, value, f"{name}()")


def _name(function: Any) -> str:
    return getattr(function, "__name__", "the call")
