"""What a candidate may see, built up from the public fields: a field added later is private until it is named here."""

from typing import TypeVar

from grader.report.model import (
    CaseResult,
    CohortResult,
    CriterionResult,
    Hashes,
    Provenance,
    QuestionResult,
    QuestionSummary,
    Review,
    SubmissionResult,
    SubmissionSummary,
    View,
)

_Result = TypeVar("_Result", SubmissionResult, CohortResult)


def as_seen(result: _Result, view: View) -> _Result:
    """The result in that view. Every writer asks here first, so none can be handed more than its reader may see."""
    if view == "reviewer":
        return result
    if isinstance(result, SubmissionResult):
        return for_candidate(result)
    return cohort_for_candidate(result)


def for_candidate(result: SubmissionResult) -> SubmissionResult:
    """The result without hidden inputs, expected values and captured output; the same again when applied twice.

    Cases are numbered, because a parametrised name holds its inputs. Their time goes too: an answer could
    spell out an input by how long it sleeps.
    """
    return SubmissionResult(
        candidate=result.candidate,
        score=result.score,
        max_score=result.max_score,
        questions=tuple(_question(question) for question in result.questions),
        provenance=_provenance(result.provenance),
        problems=result.problems,
        view="candidate",
    )


def cohort_for_candidate(cohort: CohortResult) -> CohortResult:
    """The cohort's table without the reviewer's columns and statistics."""
    return CohortResult(
        submissions=tuple(_summary(summary) for summary in cohort.submissions),
        provenance=_provenance(cohort.provenance),
        view="candidate",
    )


def _question(question: QuestionResult) -> QuestionResult:
    return QuestionResult(
        id=question.id,
        number=question.number,
        framework=question.framework,
        title=question.title,
        title_zh=question.title_zh,
        folder=question.folder,
        score=question.score,
        max_score=question.max_score,
        criteria=tuple(_criterion(criterion) for criterion in question.criteria),
        policy=question.policy,
        needs_review=question.needs_review,
        explanation=question.explanation,
        written_points=question.written_points,
        review=question.review and Review(points=question.review.points, max_points=question.review.max_points),
    )


def _criterion(criterion: CriterionResult) -> CriterionResult:
    return CriterionResult(
        name=criterion.name,
        title=criterion.title,
        title_zh=criterion.title_zh,
        points=criterion.points,
        earned=criterion.earned,
        cases=tuple(_case(case, f"{criterion.name} #{i}") for i, case in enumerate(criterion.cases, start=1)),
    )


def _case(case: CaseResult, name: str) -> CaseResult:
    if case.shown:
        return case.model_copy(update={"seconds": None, "reference_seconds": None})
    return CaseResult(
        name=name,
        verdict=case.verdict,
        message=case.public or case.verdict.sentence,
        public=case.public,
        file=case.file,
        line=case.line,
        code=case.code,
    )


def _summary(summary: SubmissionSummary) -> SubmissionSummary:
    return SubmissionSummary(
        candidate=summary.candidate,
        score=summary.score,
        max_score=summary.max_score,
        questions=tuple(
            QuestionSummary(
                id=question.id,
                number=question.number,
                framework=question.framework,
                score=question.score,
                max_score=question.max_score,
                verdicts=question.verdicts,
                needs_review=question.needs_review,
            )
            for question in summary.questions
        ),
        problems=summary.problems,
    )


def _provenance(provenance: Provenance) -> Provenance:
    return Provenance(
        engine=provenance.engine,
        python=provenance.python,
        frameworks=provenance.frameworks,
        sandbox=provenance.sandbox,
        layers=provenance.layers,
        limits=provenance.limits,
        hashes={name: Hashes(answer=hashes.answer) for name, hashes in provenance.hashes.items()},
        started=provenance.started,
        finished=provenance.finished,
    )
