"""The one compiled result that every report is made from: `result.json`, as frozen models.

All text may come from a candidate. The models keep it as it is, and the writers make it safe to show.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Final, Literal, final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, TypeAdapter

from grader.verdicts import Verdict

SCHEMA_VERSION: Final = 1

View = Literal["reviewer", "candidate"]


def _storable(value: object) -> object:
    """Spell out lone surrogates (file names that are not UTF-8 bring them): no encoding can store them."""
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_storable)]
"""Any text that can be written to a file."""

_ROUNDED = AfterValidator(lambda value: round(value, 6))
Number = Annotated[float, Field(ge=0, allow_inf_nan=False), _ROUNDED]
"""Points or seconds, to six decimals."""
Measure = Annotated[float, Field(allow_inf_nan=False), _ROUNDED]
"""What is measured of a trained answer, likewise."""


class _Model(BaseModel):
    # Unknown keys are passed over, so that a later release of the same schema version may add some.
    model_config = ConfigDict(frozen=True, extra="ignore")


class Window(_Model):
    """Where a result differs from what is expected: a part of the two arrays, around the element that differs most."""

    shape: tuple[int, ...]
    """Of the whole result."""
    corner: tuple[int, ...]
    """The index of the part's first element."""
    got: tuple[tuple[Text, ...], ...]
    """Numbers as text, in rows: infinities and NaN among them."""
    expected: tuple[tuple[Text, ...], ...]
    off: tuple[tuple[Number, ...], ...]
    """By how many times of what is allowed each element differs; above 1, it fails."""


class Bounds(_Model):
    """How often each of several outcomes was drawn, and how often chance allows."""

    found: tuple[int, ...]
    low: tuple[int, ...]
    high: tuple[int, ...]
    trials: int
    first: int = 0
    """The number of the first outcome told here."""


class Learning(_Model):
    """What an answer that trains reached after how much training, in ascending order, and the bar for the last."""

    after: tuple[int, ...]
    reached: tuple[Measure, ...]
    bar: Measure
    more_is_better: bool
    unit: Text
    """What `after` counts: epochs, steps, episodes, texts."""


class CaseResult(_Model):
    """One run of a criterion with fixed inputs. Where it is not `shown`, only `verdict` and `public` are for the
    candidate.
    """

    name: Text
    verdict: Verdict
    message: Text = ""
    """One sentence; it may hold hidden inputs and expected values."""
    seconds: Number | None = None
    """None where the view does not tell it."""
    reference_seconds: Number | None = None
    """What the reference took in the same case, where it was asked and the view tells it."""
    file: Text = ""
    """The candidate's own file and line that the case is about, where there is one: where the answer raised, or the
    definition of what was called last."""
    line: int | None = None
    code: Text = ""
    """That line's text."""
    public: Text = ""
    """The sentence for the candidate, made of public facts; empty: the verdict's own sentence."""
    detail: Text = ""
    """Evidence for the reviewer: the traceback's own lines, the assertion's text."""
    output: Text = ""
    """What the answer printed, cut to a cap."""
    window: Window | None = None
    """Of the first failed comparison of the criterion."""
    bounds: Bounds | None = None
    """Likewise, of draws."""
    learning: Learning | None = None
    """Likewise, of training."""
    shown: bool = False
    """Whether it is a public case: the candidate sees its inputs and expected values."""


class CriterionResult(_Model):
    """One test function of a rubric, with its cases in the rubric's order."""

    name: Text
    title: Text
    points: Number
    earned: Number
    cases: tuple[CaseResult, ...] = ()
    title_zh: Text = ""

    @property
    def verdicts(self) -> dict[Verdict, int]:
        return count_verdicts(case.verdict for case in self.cases)

    @property
    def not_passed(self) -> tuple[CaseResult, ...]:
        return tuple(case for case in self.cases if case.verdict is not Verdict.PASSED)


class PolicyFinding(_Model):
    """What the static screen objects to in the candidate's own source. Public. Lines and columns as in `ast`."""

    rule: Text
    line: int
    column: int
    message: Text
    blocking: bool
    file: Text = ""


class Problem(_Model):
    """Something about the candidate's own files that kept an answer from being read. Public."""

    where: Text
    message: Text


class Review(_Model):
    """What a person gave for a written explanation."""

    points: Number
    max_points: Number
    remark: Text = ""
    """For the reviewer."""
    reviewer: Text = ""
    at: datetime | None = None


class _Question(_Model):
    id: Text
    number: int
    framework: Text
    score: Number
    max_score: Number


class QuestionResult(_Question):
    """One answer, graded: a question in one framework."""

    folder: Text = ""
    """Where the answer's files lie in the submission, with a slash at the end; empty: at its top."""
    criteria: tuple[CriterionResult, ...] = ()
    policy: tuple[PolicyFinding, ...] = ()
    diagnosis: Text = ""
    diagnosis_zh: Text = ""
    """The nearest known wrong answer, in words; for the reviewer."""
    title: Text = ""
    title_zh: Text = ""
    problems: tuple[Text, ...] = ()
    """What went wrong with grading this answer, for the reviewer."""
    needs_review: bool = False
    """Whether there is an explanation that no person has scored yet."""
    explanation: Text = ""
    """What the candidate wrote where a person scores the answer."""
    guide: Text = ""
    guide_zh: Text = ""
    """What to look for in it; for the reviewer."""
    written_points: Number = 10
    """What a person may give for the explanation. They join `score` and `max_score` with the review."""
    review: Review | None = None

    @property
    def verdicts(self) -> dict[Verdict, int]:
        return count_verdicts(case.verdict for criterion in self.criteria for case in criterion.cases)


class Hashes(_Model):
    """Content hashes of what a score rests on."""

    answer: Text = ""
    rubric: Text = ""
    reference: Text = ""


class Provenance(_Model):
    """What made a result. Open: the engine may add keys. The seed decides hidden inputs, so no candidate sees it."""

    model_config = ConfigDict(frozen=True, extra="allow")
    __pydantic_extra__: dict[str, JsonValue] = Field(init=False)

    engine: Text = ""
    """The version of `grader`."""
    python: Text = ""
    frameworks: dict[Text, Text] = {}
    """Versions, by framework."""
    seed: int | None = None
    submission: Text = ""
    """Where the answers were read from."""
    sandbox: Text = ""
    layers: tuple[Text, ...] = ()
    """The sandbox's layers that were in force."""
    limits: dict[Text, JsonValue] = {}
    hashes: dict[Text, Hashes] = {}
    """By `question/framework`."""
    hardware: dict[Text, JsonValue] = {}
    started: datetime | None = None
    finished: datetime | None = None


@final
class SubmissionResult(_Model):
    """One candidate's submission, graded: the content of `result.json`."""

    schema_version: Literal[1] = SCHEMA_VERSION
    candidate: Text
    score: Number
    max_score: Number
    questions: Annotated[tuple[QuestionResult, ...], AfterValidator(lambda found: _in_order(found))] = ()
    provenance: Provenance = Provenance()
    problems: tuple[Problem, ...] = ()
    view: View = "reviewer"


class QuestionSummary(_Question):
    """A row of a cohort's table: one answer without its criteria."""

    verdicts: dict[Verdict, int] = {}
    """Cases by verdict."""
    diagnosis: Text = ""
    problems: tuple[Text, ...] = ()
    needs_review: bool = False


class SubmissionSummary(_Model):
    """A submission without its criteria; the whole lies in the candidate's own `result.json`."""

    candidate: Text
    score: Number
    max_score: Number
    questions: tuple[QuestionSummary, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def verdicts(self) -> dict[Verdict, int]:
        return count_verdicts(v for question in self.questions for v in Counter(question.verdicts).elements())


class CriterionStatistics(_Model):
    """What a cohort's answers to one question, in one framework, earned by one criterion."""

    question: Text
    framework: Text
    name: Text
    title: Text
    title_zh: Text = ""
    answers: int
    mean: Number
    """The mean share of the points."""
    full: int
    """How many earned all of them, and how many nothing."""
    nothing: int
    discrimination: float | None = None
    """The correlation with what the answers earned in the rest of the question; None where it has no meaning."""


class SimilarAnswers(_Model):
    """Two candidates' answers to one question that look alike: a hint for a person."""

    question: Text
    framework: Text
    candidates: tuple[Text, Text]
    similarity: Number
    """From 0 to 1, names and comments left aside."""


@final
class CohortResult(_Model):
    """A folder of submissions, graded, in the order of the candidates' names. The statistics are for the reviewer."""

    schema_version: Literal[1] = SCHEMA_VERSION
    submissions: Annotated[
        tuple[SubmissionSummary, ...],
        AfterValidator(lambda found: tuple(sorted(found, key=lambda summary: summary.candidate))),
    ]
    criteria: tuple[CriterionStatistics, ...] = ()
    similar: tuple[SimilarAnswers, ...] = ()
    provenance: Provenance = Provenance()
    view: View = "reviewer"

    @property
    def columns(self) -> tuple[tuple[int, str, str], ...]:
        """Number, id and framework of every question that someone was graded on."""
        return tuple(sorted({(q.number, q.id, q.framework) for s in self.submissions for q in s.questions}))


def schema() -> dict[str, Any]:
    """The JSON schema of a submission's and a cohort's `result.json`, as it stands in docs/result.schema.json."""
    return TypeAdapter(SubmissionResult | CohortResult).json_schema(mode="serialization")


def count_verdicts(verdicts: Iterable[Verdict]) -> dict[Verdict, int]:
    """How often each verdict occurs, in the order in which `Verdict` lists them."""
    counts = Counter(verdicts)
    return {verdict: counts[verdict] for verdict in Verdict if counts[verdict]}


def summarize(result: SubmissionResult) -> SubmissionSummary:
    """The row that a submission takes in its cohort's table."""
    questions = tuple(
        QuestionSummary(
            id=question.id,
            number=question.number,
            framework=question.framework,
            score=question.score,
            max_score=question.max_score,
            verdicts=question.verdicts,
            diagnosis=question.diagnosis,
            problems=question.problems,
            needs_review=question.needs_review,
        )
        for question in result.questions
    )
    return SubmissionSummary(
        candidate=result.candidate,
        score=result.score,
        max_score=result.max_score,
        questions=questions,
        problems=result.problems,
    )


def _in_order(questions: tuple[QuestionResult, ...]) -> tuple[QuestionResult, ...]:
    return tuple(sorted(questions, key=lambda question: (question.number, question.id, question.framework)))
