"""What an author says of the mutants that a rubric does not see: a question's `survivors.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from grader.authoring.mutants import Mutant
from grader.bank import Framework, Question
from grader.errors import QuestionError

FILE = "survivors.toml"


class Explanation(BaseModel):
    """One `[[survivor]]`: a mutant, by its operator and its own line; or all of one or several lines of the reference.

    Attributes:
        operator: The mutant's; all, where it is None.
        line: The mutant's own line, without the spaces around it.
        of: The reference's lines, or the one line, without the spaces around them.
        why: Why the rubric does not see it.
        equivalent: Whether the mutant is as right as the reference by the question's own words, though it gives
            something else: it then counts as no mutant.
        frameworks: Those whose mutants are meant; all, where it is None.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    operator: str | None = None
    line: str | None = None
    of: tuple[str, ...] = ()
    why: str = Field(min_length=1)
    equivalent: bool = False
    frameworks: tuple[Framework, ...] | None = None

    @field_validator("of", mode="before")
    @classmethod
    def _lines(cls, of: Any) -> Any:
        return (of,) if isinstance(of, str) else of

    @model_validator(mode="after")
    def _names_mutants(self) -> Explanation:
        if (self.line is None) == (not self.of) or (self.line is not None and self.operator is None):
            raise ValueError("a survivor is named by its operator and line, or by the line that it is a mutant `of`")
        return self

    def explains(self, framework: str, mutant: Mutant) -> bool:
        meant = self.frameworks is None or framework in self.frameworks
        named = mutant.of in self.of if self.line is None else mutant.changed == self.line
        return meant and self.operator in (None, mutant.operator) and named

    def without_mutants(self, mutants: Iterable[tuple[str, Mutant]]) -> str:
        """Which of its lines no mutant is of, in words; empty where there is one of each."""
        meant = [mutant for framework, mutant in mutants if self.explains(framework, mutant)]
        made = f"{self.operator} makes no mutant" if self.operator else "no operator makes a mutant"
        if self.line is not None:
            return "" if meant else f"{made} with the line `{self.line}`"
        lost = set(self.of) - {mutant.of for mutant in meant}
        return next((f"{made} of the line `{line}`" for line in self.of if line in lost), "")


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    survivor: tuple[Explanation, ...] = ()


def explanations(question: Question, mutants: Iterable[tuple[str, Mutant]]) -> tuple[Explanation, ...]:
    """The question's, in the order of the file, or none. `mutants` are all, each with its framework.

    Raises QuestionError that names file and line, also for one that is of no mutant.
    """
    path = question.folder / FILE
    if not path.exists():
        return ()
    text = path.read_text(encoding="utf-8")
    starts = [n for n, line in enumerate(text.splitlines(), 1) if re.match(r"\s*\[\[\s*survivor\s*\]\]", line)]
    try:
        found = _Table(**tomllib.loads(text)).survivor
    except tomllib.TOMLDecodeError as error:
        raise QuestionError(f"{path}: {error}") from error
    except ValidationError as error:
        raise _invalid(path, starts, error) from None
    known = list(mutants)
    for explanation, start in zip(found, starts, strict=False):
        if lost := explanation.without_mutants(known):
            raise QuestionError(f"{path}:{start}: {lost}; take it out, or write the line as `grader check` shows it")
    return found


def _invalid(path: Path, starts: list[int], error: ValidationError) -> QuestionError:
    first = error.errors()[0]
    place = first["loc"]
    entry = place[1] if len(place) > 1 and isinstance(place[1], int) else None
    line = f":{starts[entry]}" if entry is not None and entry < len(starts) else ""
    key = "" if place[-1] == entry else f"{place[-1]}: "
    return QuestionError(f"{path}{line}: {key}{first['msg'].removeprefix('Value error, ')}")
