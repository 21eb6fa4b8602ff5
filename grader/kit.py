"""What a candidate gets: prompts, a starter, what is supplied, and the public cases; and a try of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from grader import run
from grader.bank import Question
from grader.errors import UsageError
from grader.grading import grade
from grader.proxy import Call, Session, Usage
from grader.pytest_plugin import Job
from grader.reference import reference_source
from grader.report.model import PolicyFinding, QuestionResult
from grader.scoring import Graded
from grader.submission import read_paths
from sandbox.base import Sandbox

_MAX_SHOWN = 64  # elements of an array that are written out
_NOT_PLAIN = "It makes objects or hands over functions: `grader try` shows it."
_README = """# {title}

{count} to answer, each in a folder of its own:

{list}

Read `prompt.en.md` or `prompt.zh.md`, write the answer in the `.py` file beside it (functions and classes keep their
names and signatures), and hand in this whole folder. `public_cases.md` says what some of the calls give; the others are
not told. With `grader` at hand, try the public cases:

    grader try {name} --question {first}
"""


def write_kit(
    questions: Sequence[Question], framework: str | None, directory: Path, sandbox: Sandbox, say: Callable[[str], None]
) -> None:
    """Write a starter kit for `questions` to `directory`; `say` is told each folder.

    Raises UsageError where the directory is not empty, or a question is not asked for in `framework`. Without a
    framework, each question's starter is in torch, or in its first framework.
    """
    if directory.exists() and any(directory.iterdir()):
        raise UsageError(f"{directory} is not empty; name a new folder with -o")
    chosen = {question.id: _choose(question, framework) for question in questions}
    lines = []
    for question in questions:
        folder = directory / question.id.replace("-", "_")
        folder.mkdir(parents=True)
        for path in sorted(question.folder.glob("prompt.*.md")):
            (folder / path.name).write_bytes(path.read_bytes())
        name = f"{chosen[question.id]}_answer.py"
        (folder / name).write_bytes((question.folder / "starter" / name).read_bytes())
        for support, content in question.support.items():
            (folder / support).write_bytes(content)
        (folder / "public_cases.md").write_text(public_cases(question, chosen[question.id], sandbox), encoding="utf-8")
        lines.append(f"- `{folder.name}/{name}`: {question.number}. {question.title.en} ({question.title.zh})")
        say(str(folder))
    readme = _README.format(
        title="Questions",
        count=f"{len(lines)} question{'s' if len(lines) > 1 else ''}",
        list="\n".join(lines),
        name=directory.name,
        first=questions[0].id,
    )
    (directory / "README.md").write_text(readme, encoding="utf-8")


def public_cases(question: Question, framework: str, sandbox: Sandbox) -> str:
    """The public cases as Markdown: the calls that they make, and what the reference gives."""
    usages: list[Usage] = []
    recorder = type("Recorder", (_Recorder,), {"usages": usages})
    graded = _run(sandbox, question, framework, Job(reference_source(question, framework), session=recorder))
    cases = [(criterion.title, case.name) for criterion in graded.criteria for case in criterion.cases]
    parts = [f"# Public cases of {question.id}"]
    for (title, name), usage in zip(cases, usages, strict=True):
        parts.append(f"## {title}: `{name}`")
        parts += [_call_text(call) for call in usage.calls] or [_NOT_PLAIN]
    return "\n\n".join(parts if cases else [*parts, "This question has none."]) + "\n"


def try_answers(path: Path, question: Question, sandbox: Sandbox) -> Iterator[QuestionResult]:
    """The public cases of `question`, for each answer to it in `path`. Raises UsageError where there is none."""
    (submission, *_) = read_paths([path], [question], (question.id,))
    if not submission.answers:
        why = "; ".join(f"{p.where} {p.message}" for p in submission.problems) or "see `grader start`"
        raise UsageError(f"{path} has no answer to {question.id}: {why}")
    for answer in submission.answers:
        findings = run.screen_answer(answer, question)
        unit = run.unit_of(answer, question, findings)
        graded = _run(sandbox, question, answer.framework, unit.job)
        yield QuestionResult(
            id=question.id,
            number=question.number,
            framework=answer.framework,
            title=question.title.en,
            title_zh=question.title.zh,
            score=0,
            max_score=0,
            criteria=tuple(criterion for criterion in graded.criteria if criterion.cases),
            policy=tuple(PolicyFinding(**asdict(finding)) for finding in findings),
        )


def _choose(question: Question, framework: str | None) -> str:
    if framework is None:
        return "torch" if "torch" in question.frameworks else question.frameworks[0]
    if framework not in question.frameworks:
        raise UsageError(f"{question.id} is asked for in {', '.join(question.frameworks)}, not in {framework}")
    return framework


def _run(sandbox: Sandbox, question: Question, framework: str, job: Job) -> Graded:
    results: list[Graded] = []
    grade(sandbox, question, framework, [job], 0, {}, lambda _, graded: results.append(graded), public_only=True)
    return results[0]


class _Recorder(Session):
    """A session that keeps what each case uses."""

    usages: list[Usage]

    def start_case(self) -> None:
        super().start_case()
        self.usages.append(self.usage)


def _call_text(call: Call) -> str:
    named = [f"{key}={_value_text(value)}" for key, value in call.message["kwargs"].items()]
    arguments = ", ".join([*map(_value_text, call.message["args"]), *named])
    result = f"raises {call.raised}" if call.raised else _value_text(call.value)
    return f"```python\n{call.message['name']}({arguments})\n# {result.replace(chr(10), chr(10) + '# ')}\n```"


def _value_text(value: Any) -> str:
    match value:
        case np.ndarray() if value.size <= _MAX_SHOWN:
            return f"array({np.array2string(value, separator=', ', precision=6)}, dtype={value.dtype})"
        case np.ndarray():
            return f"<array of shape {value.shape}, {value.dtype}>"
        case list():
            return f"[{', '.join(map(_value_text, value))}]"
        case tuple():
            return f"({', '.join(map(_value_text, value))})"
        case dict():
            return f"{{{', '.join(f'{key!r}: {_value_text(x)}' for key, x in value.items())}}}"
    return repr(value)
