"""Reading a result back: all of it, or one clear sentence why not."""

from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError
from pydantic_core import from_json

from grader.errors import UsageError
from grader.report.model import SCHEMA_VERSION, CohortResult, SubmissionResult

_Result = TypeVar("_Result", SubmissionResult, CohortResult)


def load_result(path: Path) -> SubmissionResult:
    """One submission's `result.json`.

    Raises:
        UsageError: the file cannot be read, is cut short, is of another schema version, or holds wrong types.
    """
    content, data = _read(path)
    if "submissions" in data:
        raise UsageError(f"{path} is a cohort's result: name one candidate's result.json in a folder beside it.")
    return _validated(path, content, SubmissionResult)


def load_report(path: Path) -> SubmissionResult | CohortResult:
    """One submission's `result.json` or a cohort's.

    Raises:
        UsageError: as `load_result`.
    """
    content, data = _read(path)
    if "submissions" in data:
        return _validated(path, content, CohortResult)
    return _validated(path, content, SubmissionResult)


def _read(path: Path) -> tuple[bytes, dict[str, object]]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}): name a result.json of `grader grade`.") from error
    try:
        data = from_json(content)
    except ValueError as error:
        raise UsageError(f"{path} is no complete JSON ({error}): grade again, or take an intact copy.") from error
    if not isinstance(data, dict) or "schema_version" not in data:
        raise UsageError(f"{path} has no schema_version: name a result.json of `grader grade`.")
    version = data["schema_version"]
    if type(version) is not int or version != SCHEMA_VERSION:
        raise UsageError(
            f"{path} has schema_version {version!r}, and this release reads {SCHEMA_VERSION}: "
            "use the release of grader that wrote it."
        )
    return content, data


def _validated(path: Path, content: bytes, model: type[_Result]) -> _Result:
    try:
        return model.model_validate_json(content, strict=True)
    except ValidationError as error:
        first, *others = error.errors(include_url=False)
        where = ".".join(str(part) for part in first["loc"]) or "the document"
        more = f", and {len(others)} more" if others else ""
        raise UsageError(f"{path} is no valid result: {where}: {first['msg']}{more}. Grade again.") from error
