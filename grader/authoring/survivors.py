"""What an author says of the mutants that a rubric does not see: a question's `survivors.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from grader.authoring.mutants import Mutant
from grader.bank import Framework, Question
from grader.errors import QuestionError

FILE = "survivors.toml"


class Explanation(BaseModel):
    """One `[[survivor]]`.

    Attributes:
        operator: The mutant's.
        line: The mutant's own line, without the spaces around it.
        why: Why the rubric does not see it.
        equivalent: Whether the mutant is as right as the reference by the question's own words, though it gives
            something else: it then counts as no mutant.
        frameworks: Those whose mutants are meant; all, where it is None.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    operator: str
    line: str
    why: str = Field(min_length=1)
    equivalent: bool = False
    frameworks: tuple[Framework, ...] | None = None

    def explains(self, framework: str, mutant: Mutant) -> bool:
        meant = self.frameworks is None or framework in self.frameworks
        return meant and self.operator == mutant.operator and self.line.strip() == mutant.changed


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
        if not any(explanation.explains(framework, mutant) for framework, mutant in known):
            raise QuestionError(
                f"{path}:{start}: {explanation.operator} makes no mutant with the line `{explanation.line}`; "
                "take the explanation out, or write the line as `grader check` shows it"
            )
    return found


def _invalid(path: Path, starts: list[int], error: ValidationError) -> QuestionError:
    first = error.errors()[0]
    place = first["loc"]
    entry = place[1] if len(place) > 1 and isinstance(place[1], int) else None
    line = f":{starts[entry]}" if entry is not None and entry < len(starts) else ""
    return QuestionError(f"{path}{line}: {place[-1]}: {first['msg']}")
