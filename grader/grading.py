"""Grade answers of one framework to one question: one pytest session, many answers."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from grader.bank import Question
from grader.errors import QuestionError
from grader.pytest_plugin import Cases, GradingPlugin, Job
from grader.reference import ReferenceCache
from grader.scoring import Graded, score_criteria
from sandbox.base import Sandbox

_MAX_SHOWN, _MAX_AXES = 1000, 8

# Nothing of the machine's pytest set-up, and nothing below an answer, takes part: no conftest, no plugins, no cache,
# no configuration.
_OPTIONS = (
    *(
        "--import-mode=importlib",
        "--noconftest",
        "-c",
        os.devnull,
        "--capture=sys",
        "-q",
        "--no-header",
        "--no-summary",
        "--tb=no",
    ),
    *("-p", "no:cacheprovider", "-p", "no:faulthandler", "-p", "no:threadexception", "-p", "no:unraisableexception"),
    *("-o", "python_files=rubric.py", "-o", "addopts=", "-o", "markers=public"),
)


def grade(
    sandbox: Sandbox,
    question: Question,
    framework: str,
    jobs: Sequence[Job],
    seed: int,
    cache: ReferenceCache,
    finished: Callable[[int, Graded], None],
    public_only: bool = False,
) -> None:
    """Run the question's rubric, or its public cases alone, over `jobs`; call `finished` with a job's index and its
    result as each ends.

    Raises QuestionError where the rubric itself is wrong.
    """

    def score(index: int, cases: Cases, diagnosis: tuple[str, str]) -> None:
        done.add(index)
        criteria = score_criteria(plugin.criteria, cases)
        finished(index, Graded(criteria=criteria, diagnosis=diagnosis[0], diagnosis_zh=diagnosis[1]))

    done: set[int] = set()
    plugin = GradingPlugin(sandbox, question, framework, jobs, seed, cache, score, public_only)
    _calm_hypothesis()
    said = io.StringIO()
    before = os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        # An array's text is written wherever an assertion fails, and an answer's may have millions of elements.
        arrays: Any = np.printoptions(override_repr=_array_text)
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said), arrays:
            status = pytest.main(
                [*_OPTIONS, f"--rootdir={question.folder.parent}", str(question.rubric)], plugins=[plugin, _Briefly()]
            )
    finally:
        plugin.close()
        _forget_modules(question)
        if before is None:
            del os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]
    if plugin.error:
        raise plugin.error
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) or len(done) < len(jobs):
        raise QuestionError(f"{question.rubric}: pytest ended with {status!r}: {said.getvalue().strip()[-1000:]}")


class _Briefly:
    """Leaves out pytest's account of how two values differ: for long texts and lists, which an answer may have made, it
    takes hours.
    """

    def pytest_configure(self, config: pytest.Config) -> None:
        assertion = config.pluginmanager.get_plugin("assertion")
        left_out = ("pytest_addoption", "pytest_assertrepr_compare")  # the first has been called already
        hooks = {n: hook for n, hook in vars(assertion).items() if n.startswith("pytest_") and n not in left_out}
        config.pluginmanager.unregister(assertion)
        config.pluginmanager.register(SimpleNamespace(**hooks), "assertion")


def _array_text(array: np.ndarray[Any, Any]) -> str:
    if array.size > _MAX_SHOWN or array.ndim > _MAX_AXES:
        return f"<array of shape {array.shape}, {array.dtype}>"
    return f"array({np.array2string(array, separator=', ')}, dtype={array.dtype})"


def _forget_modules(question: Question) -> None:
    """Another rubric may have the same module name, and pytest would take this one for it."""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file and Path(file).is_relative_to(question.folder):
            del sys.modules[name]


def _calm_hypothesis() -> None:
    """No deadline, no database and no shrinking phase: a case's calls are timed here, and stored nowhere."""
    import hypothesis

    settings: Any = hypothesis.settings
    settings.register_profile(
        "grader",
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    settings.load_profile("grader")
