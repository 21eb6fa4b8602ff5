"""A person's points for the written parts of a submission."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from grader.errors import UsageError
from grader.report import FORMATS, CohortResult, SubmissionResult, compile_report, load_report, load_result, summarize
from grader.report.model import QuestionResult, Review


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    question: str | int
    framework: str | None = None
    points: float = Field(ge=0)
    remark: str = ""


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    reviewer: str = ""
    review: tuple[_Entry, ...] = Field(min_length=1)


def load_reviewable(path: Path) -> SubmissionResult:
    """A submission's result for a reviewer. Raises UsageError where it is another view's, or none."""
    result = load_result(path)
    if result.view != "reviewer":
        raise UsageError(f"{path} is the candidate's view: review the result.json that --view reviewer wrote")
    return result


def written(result: SubmissionResult) -> list[QuestionResult]:
    """The questions with an explanation, those that no person has scored yet before the others."""
    return sorted((q for q in result.questions if q.explanation), key=lambda q: not q.needs_review)


def reviewed(
    result: SubmissionResult, question: QuestionResult, points: float, remark: str, reviewer: str
) -> SubmissionResult:
    """The result with a person's points for `question`, one of its own, in place of earlier ones.

    Raises UsageError where there are more points than can be given.
    """
    if not 0 <= points <= question.written_points:
        raise UsageError(
            f"{points:g} points for {question.id}: the explanation earns from 0 to {question.written_points:g}"
        )
    now = datetime.now(UTC).replace(microsecond=0)
    review = Review(points=points, max_points=question.written_points, remark=remark, reviewer=reviewer, at=now)
    return _with_review(result, question, review)


def _with_review(result: SubmissionResult, question: QuestionResult, review: Review) -> SubmissionResult:
    before = question.review or Review(points=0, max_points=0)
    changed = question.model_copy(
        update={
            "review": review,
            "needs_review": False,
            "score": round(question.score - before.points + review.points, 6),
            "max_score": round(question.max_score - before.max_points + review.max_points, 6),
        }
    )
    questions = tuple(changed if q is question else q for q in result.questions)
    return result.model_copy(
        update={
            "questions": questions,
            "score": round(sum(q.score for q in questions), 6),
            "max_score": round(sum(q.max_score for q in questions), 6),
        }
    )


def with_earlier_reviews(result: SubmissionResult, path: Path) -> SubmissionResult:
    """The result with the reviews that the one at `path` holds of the same explanations, if there is one."""
    try:
        earlier = load_reviewable(path)
    except UsageError:
        return result
    given = {(q.id, q.framework, q.explanation): q.review for q in earlier.questions if q.review}
    for question in written(result):
        review = given.get((question.id, question.framework, question.explanation))
        if review and review.points <= question.written_points:
            result = _with_review(result, question, review)
    return result


def reviewed_from_file(result: SubmissionResult, file: Path, reviewer: str) -> SubmissionResult:
    """The result with all the reviews of a TOML file; `reviewer` is who gave them, where the file does not say it.

    Raises UsageError that names file, entry and key.
    """
    try:
        found = _File(**tomllib.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise UsageError(f"{file} cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(f"{file}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    for entry in found.review:
        matching = [question for question in written(result) if _is_of(entry, question)]
        if not matching:
            raise UsageError(f"{file}: {result.candidate} has written nothing for question {entry.question}")
        for question in matching:
            result = reviewed(result, question, entry.points, entry.remark, found.reviewer or reviewer)
    return result


def _is_of(entry: _Entry, question: QuestionResult) -> bool:
    named = str(entry.question) in (question.id, str(question.number))
    return named and entry.framework in (None, question.framework)


def recompile(path: Path, result: SubmissionResult) -> Sequence[Path]:
    """Write the result to `path`, and again what was compiled from it: the reports beside it, and the cohort's in the
    folder above. Returns the files.
    """
    files = compile_report(result, _formats_in(path.parent), "reviewer", path.parent)
    above = path.parent.parent / path.name
    if above.exists():
        cohort = load_report(above)
        if isinstance(cohort, CohortResult) and cohort.view == "reviewer":
            rows = tuple(summarize(result) if s.candidate == result.candidate else s for s in cohort.submissions)
            cohort = cohort.model_copy(update={"submissions": rows})
            files += compile_report(cohort, _formats_in(above.parent), "reviewer", above.parent)
    return files


def _formats_in(folder: Path) -> list[str]:
    return [name for name, form in FORMATS.items() if name == "json" or (folder / form.file_name).exists()]
