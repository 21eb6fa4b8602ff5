"""Grade a submission again as its result says that it was graded, and say what differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from grader.errors import UsageError
from grader.report.model import CriterionResult, Provenance, QuestionResult, SubmissionResult

_CIRCUMSTANCES = ("engine", "engine_digest", "python", "frameworks", "seed", "sandbox", "layers", "limits", "hardware")


def submission_of(path: Path, result: SubmissionResult, given: Path | None) -> Path:
    """Where the submission lies: `given`, or where the result says that it was read. Raises UsageError."""
    if given:
        return given
    recorded = result.provenance.submission
    if not recorded or not Path(recorded).exists():
        says = f"{recorded} is not there" if recorded else "does not say where the submission is"
        raise UsageError(f"{path}: {says}; name the submission with --submission PATH")
    return Path(recorded)


def circumstances(was: Provenance, now: Provenance) -> Iterator[str]:
    """What is not as it was when the submission was graded, a sentence each."""
    before, after = was.model_dump(mode="json"), now.model_dump(mode="json")
    for name in _CIRCUMSTANCES:
        if before.get(name) != after.get(name):
            yield f"{name}: {before.get(name)} then, {after.get(name)} now"
    for answer, hashes in was.hashes.items():
        for part, digest in hashes:
            other = getattr(now.hashes.get(answer), part, "")
            if other != digest:
                yield f"{answer}: the {part} is another: {digest[:12]} then, {other[:12] or 'none'} now"


def differences(was: SubmissionResult, now: SubmissionResult) -> Iterator[str]:
    """Where points or verdicts are not what they were, a sentence each."""
    then, again = _by_key(was), _by_key(now)
    for key in sorted(then.keys() | again.keys()):
        where = "/".join(filter(None, key))
        if key not in again:
            yield f"{where}: {then[key].score:g} points then, and no such answer now"
        elif key not in then:
            yield f"{where}: no such answer then, {again[key].score:g} points now"
        else:
            yield from (f"{where}: {text}" for text in _of_criteria(then[key].criteria, again[key].criteria))


def _by_key(result: SubmissionResult) -> Mapping[tuple[str, str], QuestionResult]:
    return {(question.id, question.framework): question for question in result.questions}


def _of_criteria(then: tuple[CriterionResult, ...], now: tuple[CriterionResult, ...]) -> Iterator[str]:
    before, after = ({criterion.name: criterion for criterion in criteria} for criteria in (then, now))
    for name in [*before, *(name for name in after if name not in before)]:
        if name not in before or name not in after:
            yield f"{name}: is there {'then' if name in before else 'now'} only"
            continue
        if before[name].earned != after[name].earned:
            yield f"{name}: {before[name].earned:g} points then, {after[name].earned:g} now"
        verdicts = {case.name: case.verdict for case in after[name].cases}
        for case in before[name].cases:
            if verdicts.get(case.name) is not case.verdict:
                found = verdicts.get(case.name)
                yield f"{case.name}: {case.verdict.value} then, {found.value if found else 'no such case'} now"
