"""Reports: one compiled result, many writers, two views.

`model` is the result, `views` what a candidate may see of it, `load` reads it back. A format is a module that turns a
result into text, and an entry of `FORMATS`; the terminal prints instead.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, Protocol

from grader.errors import UsageError
from grader.output import write_whole
from grader.report import (
    csv_writer,
    github_writer,
    gitlab_writer,
    html_writer,
    json_writer,
    junit_writer,
    markdown_writer,
)
from grader.report.load import load_report, load_result
from grader.report.model import CohortResult, SubmissionResult, View, summarize
from grader.report.phrases import Language
from grader.report.terminal_writer import print_cohort, print_submission, print_tried
from grader.report.views import for_candidate

__all__ = [
    "FORMATS",
    "TERMINAL",
    "CohortResult",
    "SubmissionResult",
    "View",
    "compile_report",
    "for_candidate",
    "load_report",
    "load_result",
    "print_cohort",
    "print_submission",
    "print_tried",
    "summarize",
]


class Writer(Protocol):
    """A module that formats a result as its reader may see it, and computes nothing. What machines read is the same in
    every language.
    """

    def write_submission(self, result: SubmissionResult, view: View, language: Language) -> str: ...

    def write_cohort(self, cohort: CohortResult, view: View, language: Language) -> str: ...


class Format(NamedTuple):
    """A file's name and the module that writes its content."""

    file_name: str
    writer: Writer


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "json": Format("result.json", json_writer),
        "html": Format("report.html", html_writer),
        "markdown": Format("report.md", markdown_writer),
        "junit": Format("junit.xml", junit_writer),
        "csv": Format("scores.csv", csv_writer),
        "github": Format("annotations.txt", github_writer),
        "gitlab": Format("codequality.json", gitlab_writer),
    }
)
TERMINAL = "terminal"
"""The one format without a file: `print_submission` and `print_cohort`."""


def compile_report(
    result: SubmissionResult | CohortResult,
    formats: Iterable[str],
    view: View,
    directory: Path,
    language: Language = "en",
) -> list[Path]:
    """Write the result in these formats into `directory`, and return the files. `terminal` writes none.

    A file appears whole or not at all.

    Raises:
        UsageError: a format is unknown (then nothing is written), or the directory cannot be written to.
    """
    names = [name for name in dict.fromkeys(formats) if name != TERMINAL]
    for name in names:
        if name not in FORMATS:
            raise UsageError(f"There is no format {name!r}: choose from {', '.join((TERMINAL, *FORMATS))}.")
    paths = []
    for name in names:
        file_name, writer = FORMATS[name]
        if isinstance(result, SubmissionResult):
            content = writer.write_submission(result, view, language)
        else:
            content = writer.write_cohort(result, view, language)
        paths.append(directory / file_name)
        write_whole(paths[-1], content)
    return paths
