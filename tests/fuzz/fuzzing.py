"""What the fuzzers share: a seed corpus, libFuzzer's options, and a bound on what one input may allocate.

A fuzzer is a program, not a test that pytest collects: it has no end of its own, and atheris takes over the process.
What it keeps lies in ``build/fuzz/NAME``, the corpus and each input that failed. A failed input runs again, alone, by

    python tests/fuzz/fuzz_wire.py build/fuzz/wire/crash-…

and becomes a test beside those of the module at fault.
"""

from __future__ import annotations

import hashlib
import sys
import tracemalloc
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

import atheris

T = TypeVar("T")
_KEPT = Path(__file__).resolve().parents[2] / "build" / "fuzz"
_SECONDS = 10  # that one input may take
_RESIDENT_MB = 2048


def fuzz(name: str, check: Callable[[bytes], None], seeds: Iterable[bytes], longest: int) -> None:
    """Call `check` with inputs of at most `longest` bytes until it raises, takes too long, or time is up.

    The command line is libFuzzer's: options such as ``-max_total_time=60`` and ``-runs=1000``, and files to run alone.
    Never returns.
    """
    kept = _KEPT / name
    corpus = kept / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for seed in seeds:
        (corpus / hashlib.sha1(seed).hexdigest()).write_bytes(seed)
    options = [f"-artifact_prefix={kept}/", f"-timeout={_SECONDS}", f"-rss_limit_mb={_RESIDENT_MB}"]
    options += [f"-max_len={longest}", *sys.argv[1:]]
    alone = any(not option.startswith("-") for option in sys.argv[1:])
    tracemalloc.start()
    atheris.Setup([sys.argv[0], *options, *([] if alone else [str(corpus)])], check)
    atheris.Fuzz()


def bounded(work: Callable[[], T], at_most: int) -> T:
    """What `work` gives. Fails where it takes more than `at_most` bytes of memory at its peak, and does so when it is
    done once more, since the interpreter's own tables grow now and then.
    """
    for _ in range(2):
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        result = work()
        taken = tracemalloc.get_traced_memory()[1] - before
        if taken <= at_most:
            return result
    raise AssertionError(f"it took {taken} bytes, more than {at_most}")
