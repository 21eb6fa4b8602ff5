"""From cases to points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict

from grader.report.model import CaseResult, CriterionResult
from grader.rubric import Criterion
from grader.verdicts import Verdict


class Graded(BaseModel):
    """One answer to one question, graded. `diagnosis` names the nearest known wrong answer, where there is one."""

    model_config = ConfigDict(frozen=True)

    criteria: tuple[CriterionResult, ...]
    diagnosis: str = ""
    diagnosis_zh: str = ""

    @property
    def score(self) -> float:
        return sum(criterion.earned for criterion in self.criteria)

    @property
    def has_grader_error(self) -> bool:
        return any(case.verdict is Verdict.GRADER_ERROR for criterion in self.criteria for case in criterion.cases)

    @classmethod
    def failed(cls, reason: str) -> Graded:
        """An answer that could not be graded, and it is our fault."""
        case = CaseResult(name="grader", verdict=Verdict.GRADER_ERROR, message=reason)
        return cls(
            criteria=(CriterionResult(name="grader", title="The grader runs", points=100, earned=0, cases=(case,)),)
        )


def score_criteria(
    criteria: Mapping[str, Criterion], cases: Mapping[str, Sequence[CaseResult]]
) -> tuple[CriterionResult, ...]:
    """Each criterion with what it earned: in proportion to its passed cases, or all or nothing.

    A case that ended in a `grader_error` is left out of the proportion: it costs the candidate nothing.
    """
    return tuple(_score(name, criterion, cases.get(name, ())) for name, criterion in criteria.items())


def _score(name: str, criterion: Criterion, cases: Sequence[CaseResult]) -> CriterionResult:
    judged = [case for case in cases if case.verdict is not Verdict.GRADER_ERROR]
    passed = sum(case.verdict is Verdict.PASSED for case in judged)
    share = passed / len(judged) if judged else 0.0
    return CriterionResult(
        name=name,
        title=criterion.title,
        title_zh=criterion.title_zh,
        points=criterion.points,
        earned=criterion.points * (share if criterion.partial else float(share == 1.0)),
        cases=tuple(cases),
    )
