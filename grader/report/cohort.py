"""A cohort compiled from its submissions' results: its table, and what the criteria tell apart."""

from collections.abc import Iterable, Sequence

import numpy as np

from grader.report.model import (
    CohortResult,
    CriterionStatistics,
    Provenance,
    QuestionResult,
    SimilarAnswers,
    SubmissionResult,
    summarize,
)

_FEWEST = 5  # answers, for a correlation to mean anything


def compile_cohort(
    results: Sequence[SubmissionResult], provenance: Provenance, similar: Iterable[SimilarAnswers] = ()
) -> CohortResult:
    return CohortResult(
        submissions=tuple(map(summarize, results)),
        criteria=_statistics(results),
        similar=tuple(similar),
        provenance=provenance,
    )


def _statistics(results: Sequence[SubmissionResult]) -> tuple[CriterionStatistics, ...]:
    """Of every criterion that an answer was graded by, in the order of the questions and of their rubrics."""
    answers: dict[tuple[int, str, str], list[QuestionResult]] = {}
    for result in results:
        for question in result.questions:
            if question.framework:
                answers.setdefault((question.number, question.id, question.framework), []).append(question)
    found = []
    for (_, question_id, framework), graded in sorted(answers.items()):
        for first in graded[0].criteria:
            earned, rest = [], []
            for question in graded:
                if one := next((c for c in question.criteria if c.name == first.name), None):
                    earned.append(one.earned / one.points if one.points else 0.0)
                    rest.append(question.score - one.earned)
            found.append(
                CriterionStatistics(
                    question=question_id,
                    framework=framework,
                    name=first.name,
                    title=first.title,
                    title_zh=first.title_zh,
                    answers=len(earned),
                    mean=sum(earned) / len(earned),
                    full=sum(share >= 1 for share in earned),
                    nothing=sum(share == 0 for share in earned),
                    discrimination=_correlation(earned, rest),
                )
            )
    return tuple(found)


def _correlation(earned: Sequence[float], rest: Sequence[float]) -> float | None:
    """Item-rest correlation (Pearson's): Nunnally and Bernstein, Psychometric Theory (1994), chapter 8."""
    if len(earned) < _FEWEST or np.ptp(earned) == 0 or np.ptp(rest) == 0:
        return None
    return round(float(np.corrcoef(earned, rest)[0, 1]), 3)
