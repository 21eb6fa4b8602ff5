"""Dotted names: the one name of what several reach, and which rule or short cut a name falls under."""

import sys
from collections.abc import Collection
from functools import lru_cache

from grader.policy.rules import HARMLESS, NAMES, SENSITIVE_MODULES, Rule

MAX_LENGTH = 128
"""Characters of a dotted name that are looked at."""

_LIBRARIES = frozenset({"keras", "numpy", "scipy", "tensorflow", "tf_keras", "torch", "torchvision", "transformers"})
_REEXPORTED = frozenset({*SENSITIVE_MODULES, "ctypes", "multiprocessing", "pickle", "shutil", "socket", "subprocess"})
_SAME_PLACE = (
    ("tensorflow.compat.v1", "tensorflow"),
    ("tensorflow.compat.v2", "tensorflow"),
    ("tensorflow.python.keras", "keras"),
    ("tensorflow.keras", "keras"),
    ("tf_keras", "keras"),
    ("keras._tf_keras.keras", "keras"),
    ("keras.api", "keras"),
    ("keras.src", "keras"),
    ("posix", "os"),
    ("_io", "io"),
    ("_pickle", "pickle"),
    ("_socket", "socket"),
    ("_ctypes", "ctypes"),
    ("_operator", "operator"),
)


@lru_cache(maxsize=4096)
def canonical(dotted: str) -> str:
    """The one name of what several reach: `tensorflow.keras.layers` is `keras.layers`, `random._os` is `os`."""
    parts = dotted.split(".")
    if parts[0] in _LIBRARIES or parts[0] in sys.stdlib_module_names:
        for i in range(len(parts) - 1, 0, -1):
            if parts[i].lstrip("_") in _REEXPORTED:
                parts = [parts[i].lstrip("_"), *parts[i + 1 :]]
                break
    dotted = ".".join(parts)
    for place, same in _SAME_PLACE:
        if dotted == place or dotted.startswith(place + "."):
            dotted = same + dotted[len(place) :]
    return dotted.removeprefix("builtins.")


def watched(dotted: str) -> Rule | None:
    """The rule that watches a canonical dotted name, or what it lies in."""
    if dotted in HARMLESS:
        return None
    while dotted:
        if rule := NAMES.get(dotted):
            return rule
        dotted = dotted.rpartition(".")[0]
    return None


def short_cut(dotted: str, forbidden: Collection[str]) -> str | None:
    """The forbidden name that a canonical dotted name reaches.

    The same last name in the same library counts, since libraries export one thing in many places, such as
    `torch.nn.MultiheadAttention` and `torch.nn.modules.activation.MultiheadAttention`.
    """
    root, _, rest = dotted.partition(".")
    last = rest.rpartition(".")[2].lstrip("_")
    for name in forbidden:
        place = canonical(name)
        if dotted == place or dotted.startswith(place + "."):
            return name
        if last and place.startswith(root + ".") and last == place.rpartition(".")[2].lstrip("_"):
            return name
    return None


def is_library(dotted: str) -> bool:
    """Whether a canonical dotted name lies in a library that answers could be compared or timed with."""
    root = dotted.partition(".")[0]
    return root in _LIBRARIES | {"builtins", "math", "random", "time"} and not dotted.startswith("torch.backends")
