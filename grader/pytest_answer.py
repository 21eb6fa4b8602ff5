"""A rubric in a developer's usual way: ``pytest rubrics/multi_head_attention --answer path/to/answer.py``.

Everything of pytest works, a debugger on the trusted side included. Without ``--answer`` the reference is graded. It is
loaded by every pytest of this environment, so it imports nothing of the grader's before it is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from grader.bank import Question
    from grader.pytest_plugin import Job

_PLUGIN = "grader-answer"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("grader", "rubrics of grader")
    group.addoption("--answer", type=Path, metavar="PATH", help="the answer that a rubric grades; else the reference")
    group.addoption("--framework", choices=["numpy", "torch", "tensorflow"], help="the answer's framework")
    group.addoption("--run-seed", type=int, default=0, metavar="N", help="decides every hidden input (default: 0)")
    group.addoption("--sandbox", default="local", choices=["local", "docker", "none"], help="the answer's sandbox")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "public: a case of a rubric's that candidates may see")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    if not _is_asked_for(file_path, parent.config):
        return None
    return pytest.Module.from_parent(parent, path=file_path)


def pytest_collectstart(collector: pytest.Collector) -> None:
    if isinstance(collector, pytest.Module) and _is_asked_for(collector.path, collector.config):
        known = collector.config.pluginmanager.get_plugin(_PLUGIN)
        if known is None:
            collector.config.pluginmanager.register(_Answer(collector.path.parent, collector.config), _PLUGIN)
        elif known.folder != collector.path.parent:
            raise pytest.UsageError(f"one rubric at a time: {known.folder} and {collector.path.parent} were given")


def _is_asked_for(path: Path, config: pytest.Config) -> bool:
    """Whether it is a rubric that the command line names, or names the folder of."""
    if path.name != "rubric.py" or not path.with_name("question.toml").exists():
        return False
    named = {(config.invocation_params.dir / argument.partition("::")[0]).resolve() for argument in config.args}
    return not named.isdisjoint({path, path.parent})


class _Answer:
    """Grades the one answer that was given, and lets pytest tell."""

    def __init__(self, folder: Path, config: pytest.Config) -> None:
        from grader.bank import REFERENCES, RUBRICS, load_question
        from grader.errors import GraderError
        from grader.pytest_plugin import GradingPlugin
        from grader.sandboxes import open_sandbox

        self.folder = folder
        try:
            question = load_question(folder, REFERENCES if folder.is_relative_to(RUBRICS) else None)
            framework, job = _job(question, config.getoption("answer"), config.getoption("framework"))
            self._sandbox = open_sandbox(config.getoption("sandbox"))
        except GraderError as error:
            raise pytest.UsageError(str(error)) from None
        seed = config.getoption("run_seed")
        self._plugin = GradingPlugin(self._sandbox, question, framework, [job], seed, {}, lambda *_: None)
        config.pluginmanager.register(self._plugin)

    def pytest_collection_finish(self) -> None:
        if self._plugin.error:
            raise pytest.UsageError(str(self._plugin.error))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Iterator[None]:
        from grader.failure import AnswerFailure

        try:
            return (yield)
        except AnswerFailure as failure:
            failure.add_note(
                f"the candidate's own lines:\n{failure.detail}" if failure.detail else failure.verdict.sentence
            )
            raise

    def pytest_unconfigure(self) -> None:
        self._plugin.close()
        self._sandbox.__exit__(None, None, None)


def _job(question: Question, path: Path | None, framework: str | None) -> tuple[str, Job]:
    from grader.errors import UsageError
    from grader.pytest_plugin import Job
    from grader.reference import reference_source
    from grader.source import Source
    from grader.submission import read_paths

    if path is None:
        chosen = framework or question.frameworks[0]
        if chosen not in question.frameworks:
            raise UsageError(f"{question.id} is asked for in {', '.join(question.frameworks)}, not in {chosen}")
        return chosen, Job(reference_source(question, chosen))
    answers = [answer for s in read_paths([path], [question], (question.id,)) for answer in s.answers]
    fitting = [answer for answer in answers if framework in (None, answer.framework)]
    if not fitting:
        raise UsageError(f"{path} has no answer to {question.id}{f' in {framework}' if framework else ''}")
    answer = fitting[0]
    return answer.framework, Job(Source(dict(answer.files), answer.main, answer.framework))
