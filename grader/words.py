"""The words that a candidate reads. Each is one sentence that a person can act on; none holds a value of a hidden
case.
"""

from __future__ import annotations


def too_slow(what: str, seconds: float) -> str:
    return f"{what} took longer than {seconds:.3g} s"


def out_of_time(seconds: float) -> str:
    return f"the answer has used up its {seconds:.3g} s for the whole question"


def too_much_memory(what: str, megabytes: int) -> str:
    return f"{what} needs more memory than the {megabytes} MiB allowed"


def too_much_gpu_memory(what: str, megabytes: int) -> str:
    return f"{what} needs more than the {megabytes} MiB of the GPU's memory that are allowed"


def missing(name: str) -> str:
    return f"the answer does not define {name}, which the question asks for"


def too_much_output(what: str) -> str:
    return f"{what} printed, wrote or returned more than is allowed"


def ended(what: str) -> str:
    return f"{what} ended its process, or closed its connection"


def not_plain(what: str) -> str:
    return f"{what} returned something that is no plain data"


def unfit(what: str, kind: str) -> str:
    return f"{what}: {_UNFIT[kind]}"


def signature(found: str, name: str) -> str:
    return f"{found} does not take the arguments that the question gives to {name}"


def wrong_kind(name: str, got: str, expected: str) -> str:
    return f"{name} returned {got} where the question asks for {expected}"


def no_model(got: str) -> str:
    return f"the answer returned {got} where the question asks for a model"


UNUSABLE = "what the answer returned has not the form that the question asks for"
DIFFERS = "the result is not the one that is asked for"
_UNFIT = {
    "gradient": "its result cannot be differentiated as the question asks",
    "wire": "it returned something that is neither plain data nor an array",
    "model": "what it returned is no model of the framework",
}
