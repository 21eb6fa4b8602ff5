"""One run: submissions in, results and reports out."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from grader import __version__, schedule
from grader.bank import Question
from grader.policy import Finding, screen
from grader.report.cohort import compile_cohort
from grader.report.model import (
    CaseResult,
    CohortResult,
    CriterionResult,
    Hashes,
    PolicyFinding,
    Problem,
    Provenance,
    QuestionResult,
    SubmissionResult,
)
from grader.runtime import versions
from grader.schedule import Unit
from grader.scoring import Graded
from grader.similarity import similar_answers
from grader.source import Source
from grader.store import Store, engine_digest, result_key
from grader.submission import Answer, Submission
from grader.verdicts import Verdict
from sandbox.base import Sandbox


@dataclass(frozen=True)
class Settings:
    """How to run.

    Attributes:
        seed: The run seed, secret to the answers; it decides every hidden input.
        jobs: Answers that are graded at the same time.
        use_cache: Whether a result in the store is taken as it is.
        policy: Whether an answer that the static screen refuses is left unrun.
        expected: Question ids that every submission is asked for, whether it answers them or not.
    """

    seed: int
    jobs: int
    use_cache: bool = True
    policy: bool = True
    expected: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Screened:
    answer: Answer
    findings: tuple[Finding, ...]
    unit: Unit
    key: str


def grade_submissions(
    submissions: Sequence[Submission],
    bank: Mapping[str, Question],
    sandbox: Sandbox,
    store: Store,
    settings: Settings,
    graded: Callable[[Answer, Graded], None],
    finished: Callable[[SubmissionResult], None],
) -> list[SubmissionResult]:
    """Grade all answers and compile one result a submission, in the order given.

    `graded` is called as each answer ends, `finished` as soon as a submission's last answer has. Every result is in
    the store by then, so a run that is killed goes on where it was.
    """
    started = datetime.now(UTC)
    screened = [_screen(answer, bank, sandbox, settings) for s in submissions for answer in s.answers]
    results: dict[str, Graded] = {}
    if settings.use_cache:
        results = {s.key: found for s in screened if (found := store.result(s.key)) is not None}
    left = list({s.key: s for s in screened if s.key not in results}.values())

    def note(key: str, result: Graded) -> None:
        results[key] = result
        if not result.has_grader_error:
            store.keep_result(key, result)
        for s in screened:
            if s.key == key:
                graded(s.answer, result)
        compile_ready()

    compiled: dict[int, SubmissionResult] = {}
    by_answer = {id(s.answer): s for s in screened}

    def compile_ready() -> None:
        for i, submission in enumerate(submissions):
            mine = [by_answer[id(answer)] for answer in submission.answers]
            if i not in compiled and all(s.key in results for s in mine):
                provenance = _provenance(submission, mine, sandbox, settings, started)
                compiled[i] = _compile(submission, mine, results, bank, settings, provenance)
                finished(compiled[i])

    for s in screened:
        if s.key in results:
            graded(s.answer, results[s.key])
    compile_ready()
    if left:
        sandbox.start([s.unit.question.runtime_of(s.unit.source.framework) for s in left])
        units = [s.unit for s in left]
        schedule.run(
            units,
            sandbox,
            store.path,
            settings.seed,
            settings.jobs,
            lambda place, result: note(left[place].key, result),
        )
    return [compiled[i] for i in range(len(submissions))]


def is_cohort(paths: Sequence[Path], submissions: Sequence[Submission]) -> bool:
    """Whether several submissions were given, or a folder of them that happens to hold one."""
    return len(submissions) > 1 or submissions[0].path.resolve() != paths[0].resolve()


def compile_all(submissions: Sequence[Submission], results: Sequence[SubmissionResult]) -> CohortResult:
    """The cohort's table, with the provenance that its members share, and the answers that look alike."""
    first = results[0].provenance
    shared = first.model_copy(
        update={"submission": "", "hashes": {}, "finished": max(r.provenance.finished or datetime.min for r in results)}
    )
    return compile_cohort(results, shared, similar_answers(submissions))


def screen_answer(answer: Answer, question: Question) -> tuple[Finding, ...]:
    """What the policy finds in the answer's files."""
    return tuple(
        finding
        for path, content in sorted(answer.files.items())
        if path.endswith(".py")
        for finding in screen(content, path, question.policy.forbidden)
    )


def unit_of(answer: Answer, question: Question, findings: Sequence[Finding]) -> Unit:
    """The answer as it is graded: refused where one of `findings` is blocking."""
    first = next((f for f in findings if f.blocking), None)
    refused = f"{first.file}:{first.line}: {first.message}" if first else ""
    return Unit(question, Source(dict(answer.files), answer.main, answer.framework), refused)


def _screen(answer: Answer, bank: Mapping[str, Question], sandbox: Sandbox, settings: Settings) -> _Screened:
    question = bank[answer.question]
    findings = screen_answer(answer, question)
    unit = unit_of(answer, question, findings if settings.policy else ())
    parts = (question.rubric_digest, question.reference_digest(answer.framework), settings.seed, settings.policy)
    key = result_key(answer.digest, *parts, sandbox.name, *sandbox.layers, *versions().items())
    return _Screened(answer, findings, unit, key)


def _compile(
    submission: Submission,
    screened: Sequence[_Screened],
    results: Mapping[str, Graded],
    bank: Mapping[str, Question],
    settings: Settings,
    provenance: Provenance,
) -> SubmissionResult:
    questions = [_question(s, results[s.key], submission, bank[s.answer.question]) for s in screened]
    answered = {s.answer.question for s in screened}
    broken = {p.question: p for p in submission.problems if p.question and p.question in bank}
    for question_id in sorted({*settings.expected, *broken} - answered):
        problem = broken.get(question_id)
        questions.append(_unanswered(bank[question_id], f"{problem.where} {problem.message}" if problem else ""))
    return SubmissionResult(
        candidate=submission.candidate,
        score=sum(q.score for q in questions),
        max_score=sum(q.max_score for q in questions),
        questions=tuple(questions),
        problems=tuple(Problem(where=p.where, message=p.message) for p in submission.problems),
        provenance=provenance,
    )


def _question(screened: _Screened, graded: Graded, submission: Submission, question: Question) -> QuestionResult:
    judged = [c for c in graded.criteria if any(case.verdict is not Verdict.GRADER_ERROR for case in c.cases)]
    return QuestionResult(
        id=question.id,
        number=question.number,
        framework=screened.answer.framework,
        title=question.title.en,
        title_zh=question.title.zh,
        folder=screened.answer.folder,
        score=graded.score,
        max_score=sum(c.points for c in judged),
        criteria=graded.criteria,
        diagnosis=graded.diagnosis,
        diagnosis_zh=graded.diagnosis_zh,
        policy=tuple(PolicyFinding(**asdict(finding)) for finding in screened.findings),
        problems=_grader_errors(graded),
        needs_review=question.id in submission.explanations,
        explanation=submission.explanations.get(question.id, ""),
        guide=question.guide("en") if question.id in submission.explanations else "",
        guide_zh=question.guide("zh") if question.id in submission.explanations else "",
        written_points=question.written_points,
    )


def _grader_errors(graded: Graded) -> tuple[str, ...]:
    cases = [case for criterion in graded.criteria for case in criterion.cases]
    return tuple(dict.fromkeys(case.message for case in cases if case.verdict is Verdict.GRADER_ERROR))


def _unanswered(question: Question, problem: str) -> QuestionResult:
    case = CaseResult(
        name="answer", verdict=Verdict.NOT_ANSWERED, message=problem or "the submission has no answer", public=problem
    )
    return QuestionResult(
        id=question.id,
        number=question.number,
        framework="",
        title=question.title.en,
        title_zh=question.title.zh,
        score=0,
        max_score=100,
        criteria=(
            CriterionResult(
                name="answer",
                title="An answer that can be read",
                title_zh="有可读取的答案",
                points=100,
                earned=0,
                cases=(case,),
            ),
        ),
    )


def _provenance(
    submission: Submission, screened: Sequence[_Screened], sandbox: Sandbox, settings: Settings, started: datetime
) -> Provenance:
    return Provenance(
        engine=__version__,
        python=platform.python_version(),
        frameworks=versions(),
        seed=settings.seed,
        submission=str(submission.path.absolute()),
        sandbox=sandbox.name,
        layers=tuple(sandbox.layers),
        limits={s.unit.question.id: asdict(s.unit.question.limits) for s in screened},
        hashes={
            f"{s.answer.question}/{s.answer.framework}": Hashes(
                answer=s.answer.digest,
                rubric=s.unit.question.rubric_digest,
                reference=s.unit.question.reference_digest(s.answer.framework),
            )
            for s in screened
        },
        hardware={
            "machine": platform.machine(),
            "system": platform.platform(),
            "cores": os.cpu_count() or 0,
            **({"gpus": list(sandbox.devices)} if sandbox.devices else {}),
        },
        started=started,
        finished=datetime.now(UTC),
        **{"engine_digest": engine_digest(), "policy": settings.policy},
    )


def write_folder(directory: Path, candidate: str, is_cohort: bool) -> Path:
    """Where a candidate's own reports go."""
    return directory / candidate if is_cohort else directory
