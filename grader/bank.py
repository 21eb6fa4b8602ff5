"""The bank: every question's folder, read and checked once."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import fields
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from grader.errors import QuestionError, UsageError
from sandbox.base import Runtime
from sandbox.limits import Limits

ROOT = Path(__file__).resolve().parent.parent
RUBRICS, REFERENCES = ROOT / "rubrics", ROOT / "reference"

Framework = Literal["numpy", "torch", "tensorflow"]
Kind = Literal["array", "number", "list", "object", "any"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EntryPoint(_Frozen):
    """A function or class that the answer must define.

    `returns` is one kind, or a list of them for a tuple; `frameworks` are those that ask for it (all, where it is
    None).
    """

    name: str
    signature: str
    kind: Literal["function", "class"] = "function"
    returns: Kind | tuple[Kind, ...] = "any"
    frameworks: tuple[Framework, ...] | None = None

    @field_validator("signature")
    @classmethod
    def _parses(cls, text: str) -> str:
        try:
            compile(f"def f{text}: ...", "signature", "exec")
        except SyntaxError as error:
            raise ValueError(f"{text!r} is not a signature: {error.msg}") from None
        return text


class Title(_Frozen):
    en: str
    zh: str


class PolicyTable(_Frozen):
    forbidden: tuple[str, ...] = ()


class _Table(_Frozen):
    """What question.toml holds."""

    model_config = ConfigDict(title="question.toml")

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    number: int = Field(gt=0)
    frameworks: tuple[Framework, ...] = Field(min_length=1)
    title: Title
    entry_points: tuple[EntryPoint, ...] = Field(min_length=1)
    limits: Limits = Limits()
    policy: PolicyTable = PolicyTable()
    gpu: tuple[Literal["torch"], ...] = ()  # the frameworks whose answers get a GPU with --device cuda
    runtime: dict[Framework, tuple[str, ...]] = {}
    written_points: float = Field(10, ge=0)  # what a person may give for the explanation, beside the rubric's 100
    trains: bool = False  # whether answers are trained: fewer of their mutants can be told from them

    @field_validator("limits", mode="before")
    @classmethod
    def _known(cls, limits: Any) -> Any:
        names = [field.name for field in fields(Limits)]
        for key in limits if isinstance(limits, dict) else ():
            if key not in names:
                raise ValueError(f"{key} is not a limit; there are {', '.join(names)}")
        return limits


class Question(_Table):
    """One task of the bank, with everything that its folder says."""

    folder: Path
    reference_folder: Path

    @property
    def rubric(self) -> Path:
        return self.folder / "rubric.py"

    @property
    def limits_of_its_own(self) -> frozenset[str]:
        """The names of the limits that are not the default."""
        return frozenset(f.name for f in fields(Limits) if getattr(self.limits, f.name) != f.default)

    def entry_points_of(self, framework: str) -> dict[str, EntryPoint]:
        return {e.name: e for e in self.entry_points if e.frameworks is None or framework in e.frameworks}

    def runtime_of(self, framework: str) -> Runtime:
        return Runtime(framework, self.runtime.get(framework, ()))  # type: ignore[call-overload]

    def reference_source(self, framework: str) -> bytes:
        path = self.reference_folder / f"{framework}_answer.py"
        try:
            return path.read_bytes()
        except OSError as error:
            raise QuestionError(f"{path}: {self.id} has no {framework} reference ({error.strerror})") from error

    def prompt(self, language: str) -> str:
        return (self.folder / f"prompt.{language}.md").read_text(encoding="utf-8")

    def guide(self, language: str) -> str:
        """What a reviewer of the written part looks for; empty where nobody has said it."""
        path = self.folder / f"guide.{language}.md"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    @cached_property
    def support(self) -> Mapping[str, bytes]:
        """The files of `support/`, by name."""
        return {p.name: p.read_bytes() for p in _files(self.folder / "support")}

    @cached_property
    def rubric_digest(self) -> str:
        """SHA-256 of everything that decides a score on the trusted side, the references apart."""
        return digest([self.folder / "question.toml", self.rubric, *_files(self.folder / "support")])

    def reference_digest(self, framework: str) -> str:
        return hashlib.sha256(self.reference_source(framework)).hexdigest()


def schema() -> dict[str, Any]:
    """The JSON schema of question.toml, as it stands in docs/question.schema.json."""
    return _Table.model_json_schema()


def load_bank(
    folder: Path = RUBRICS, references: Path | None = REFERENCES, more: Iterable[Path] = ()
) -> dict[str, Question]:
    """Every question by id, in the order of their numbers: those of `folder`, and of the banks `more`.

    Each of `more` is a question's own folder, or a folder of such; their references lie in their `reference/`. Raises
    QuestionError that names file and key, and UsageError where a bank holds no question.
    """
    questions = [load_question(path.parent, references) for path in sorted(folder.glob("*/question.toml"))]
    for bank in more:
        found = (
            [bank] if (bank / "question.toml").exists() else [p.parent for p in sorted(bank.glob("*/question.toml"))]
        )
        if not found:
            raise UsageError(f"{bank}: there is no question.toml in it, nor in a folder of it")
        questions += [load_question(path.resolve()) for path in found]
    for key in ("id", "number"):
        seen: dict[Any, Question] = {}
        for question in questions:
            other = seen.setdefault(getattr(question, key), question)
            if other is not question:
                taken = f"{key} {getattr(question, key)} is taken by the question in {other.folder}"
                raise QuestionError(f"{question.folder / 'question.toml'}: {taken}")
    return {q.id: q for q in sorted(questions, key=lambda q: q.number)}


def load_question(folder: Path, references: Path | None = None) -> Question:
    """The question in `folder`, with its references in `references`, or in its own `reference/`.

    Raises QuestionError that names file and key.
    """
    path = folder / "question.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        where = references / folder.name if references else folder / "reference"
        question = Question(**table, folder=folder, reference_folder=where)
    except OSError as error:
        raise QuestionError(f"{path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise QuestionError(f"{path}: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise QuestionError(f"{path}{_line_of(path, first['loc'])}: {key}: {first['msg']}") from None
    if question.id.replace("-", "_") != folder.name.replace("-", "_"):
        raise QuestionError(f"{path}: the folder of {question.id} is named {question.id.replace('-', '_')}")
    return question


def find_question(bank: Mapping[str, Question], name: str) -> Question:
    """The question with the id or number `name`. Raises UsageError that lists what there is."""
    for question in bank.values():
        if name.replace("_", "-") == question.id or re.fullmatch(rf"[qQ]?0*{question.number}", name):
            return question
    raise UsageError(f"there is no question {name!r}; the bank has {', '.join(bank)}")


def digest(paths: Iterable[Path]) -> str:
    """SHA-256 over the names and contents of files."""
    total = hashlib.sha256()
    for path in paths:
        content = path.read_bytes()
        total.update(f"{path.name}\0{len(content)}\0".encode() + content)
    return total.hexdigest()


def _files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.glob("*") if p.is_file()) if folder.is_dir() else []


def _line_of(path: Path, location: tuple[int | str, ...]) -> str:
    keys = [key for key in location if isinstance(key, str)]
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if keys and re.match(rf"\s*\[*\"?{re.escape(keys[-1])}\"?\b", line):
            return f":{number}"
    return ""
