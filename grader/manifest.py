"""submission.toml, by which a candidate lists answers that names do not tell."""

from __future__ import annotations

import tomllib
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from grader.errors import SubmissionError
from grader.files import printable
from grader.layout import Layout, Names, Place, Problem, is_below, parent_of, words_of

MAX_MANIFEST_BYTES = 64 * 1024
MANIFEST = "submission.toml"


class _Entry(BaseModel):
    """One ``[[answers]]`` of submission.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    question: str | int
    path: str
    framework: Literal["numpy", "torch", "tensorflow"] | None = None


class _Manifest(BaseModel):
    """submission.toml. Its entries are checked one by one, so that a bad one costs itself alone."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    candidate: str | None = None
    answers: list[dict[str, Any]] | None = None


def read_manifest(content: bytes, layout: Layout, names: Names) -> tuple[str | None, list[Place | Problem] | None]:
    """What a submission.toml says: the candidate's name and the answers, each None where it says nothing.

    Raises SubmissionError where it cannot be read at all.
    """
    try:
        manifest = _Manifest.model_validate(_toml(content))
    except ValidationError as error:
        raise SubmissionError(_wrong_key(error)) from error
    if manifest.answers is None:
        return manifest.candidate, None
    places: list[Place | Problem] = []
    for number, entry in enumerate(manifest.answers, start=1):
        try:
            places += _places(_Entry.model_validate(entry), layout, names)
        except ValidationError as error:
            places.append(Problem(MANIFEST, f"answers[{number}].{_wrong_key(error)}"))
        except SubmissionError as error:
            places.append(Problem(MANIFEST, f"answers[{number}].{error}"))
    return manifest.candidate, places


def _places(entry: _Entry, layout: Layout, names: Names) -> list[Place | Problem]:
    question = names.question("_".join(words_of(str(entry.question))))
    if question is None:
        raise SubmissionError(f"question: {_quoted(entry.question)} is no question; `grader questions` lists them")
    path = "/".join(part for part in entry.path.split("/") if part not in ("", "."))
    if path in layout.code:
        return [Place(question, entry.framework, parent_of(path), path, whole=False)]
    if not any(is_below(module, path) for module in layout.code):
        raise SubmissionError(f"path: {_quoted(entry.path)} is no .py, .ipynb or folder of them; start at the top")
    found = layout.in_folder(path, question, entry.framework)
    return [place for place in found if isinstance(place, Problem) or entry.framework in (None, place.framework)]


def _toml(content: bytes) -> dict[str, Any]:
    if len(content) > MAX_MANIFEST_BYTES:
        raise SubmissionError(f"is larger than {MAX_MANIFEST_BYTES >> 10} kB")
    try:
        return tomllib.loads(content.decode())
    except (ValueError, RecursionError) as error:
        raise SubmissionError(f"is not valid TOML: {printable(str(error))[:200]}") from error


def _wrong_key(error: ValidationError) -> str:
    first = error.errors()[0]
    key = printable(str(first["loc"][0]))[:50]
    return f"{key}: {first['msg'].lower()}; the keys are candidate and [[answers]] with question, framework and path"


def _quoted(value: object) -> str:
    return repr(printable(str(value))[:80])
