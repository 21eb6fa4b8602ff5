"""Results made by hand: one whose every private field holds a secret, and a cohort of hostile names."""

from datetime import UTC, datetime

import pytest

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
    SubmissionSummary,
    summarize,
)
from grader.verdicts import Verdict

HOSTILE_NAMES = (
    "alice",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "{{ 7 * 7 }}",
    "\x1b[2J\x1b]0;owned\x07bob",
    "\u202egnp.exe\u2066",
    "أحمد محمد",
    "👩\u200d🔬 李雷",
    "a\nb\r\n# heading",
    "=HYPERLINK(1)",
    "[link](javascript:alert(3)) | @everyone `code`",
    "]]>&amp;<![CDATA[",
    "bytes\udcff\x00\ufffe",
    "[bold]rich[/bold]",
    "https://evil.example/",
)


@pytest.fixture
def provenance() -> Provenance:
    return Provenance(
        engine="1.0.0",
        python="3.11.7",
        frameworks={"torch": "2.13.0", "numpy": "2.4.6"},
        seed=4242424242,
        sandbox="local",
        layers=("landlock", "seccomp"),
        limits={"call_seconds": 5.0},
        hashes={"positional-encoding/torch": Hashes(answer="a1", rubric="SECRET-rubric", reference="SECRET-reference")},
        hardware={"cpu": "x86_64"},
        started=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        note="SECRET-note",
    )


@pytest.fixture
def result(provenance: Provenance) -> SubmissionResult:
    """One graded question; the word SECRET marks what no candidate may read."""
    matches = CriterionResult(
        name="test_matches_reference",
        title="Matches the reference",
        title_zh="与参考实现一致",
        points=40,
        earned=20,
        cases=(
            CaseResult(name="test_matches_reference[SECRET-id-1]", verdict="passed", seconds=0.004),
            CaseResult(
                name="test_matches_reference[SECRET-id-2]",
                verdict="wrong_answer",
                message="output differs at [0]: got SECRET-got, expected SECRET-expected",
                detail="SECRET-assertion text",
                output="SECRET-printed input",
                seconds=0.123456789,
            ),
            CaseResult(
                name="test_matches_reference[SECRET-id-3]",
                verdict="runtime_error",
                message="answer.py:14 TypeError: bad SECRET-input",
                public="answer.py:14 TypeError in attend",
                file="answer.py",
                line=14,
                code="scores = q @ k",
                detail='answer.py:14 in f\n    raise TypeError("SECRET-line")',
                seconds=0.5,
            ),
            CaseResult(name="test_matches_reference[SECRET-id-4]", verdict="passed", seconds=0.004),
        ),
    )
    return SubmissionResult(
        candidate="alice",
        score=20,
        max_score=100,
        questions=(
            QuestionResult(
                id="positional-encoding",
                number=6,
                framework="torch",
                title="Sinusoidal positional encoding",
                score=20,
                max_score=100,
                criteria=(matches, every_verdict()),
                policy=(
                    PolicyFinding(rule="import", line=3, column=8, message="ctypes", blocking=False, file="answer.py"),
                ),
                diagnosis="your output equals the encoding with SECRET-diagnosis",
                diagnosis_zh="SECRET-输出等于另一种编码",
                problems=("the reference was slow on SECRET-problem",),
                needs_review=True,
                explanation="I would cache the table.",
            ),
        ),
        problems=(Problem(where="q07.py", message="not UTF-8"),),
        provenance=provenance,
    )


def every_verdict() -> CriterionResult:
    cases = tuple(
        CaseResult(name=f"test_all[SECRET-{verdict}]", verdict=verdict, message="SECRET") for verdict in Verdict
    )
    return CriterionResult(name="test_all", title="Every verdict", points=60, earned=0, cases=cases)


def hostile_result(name: str) -> SubmissionResult:
    """The same hostile text wherever a candidate or their code could have put text."""
    case = CaseResult(
        name=name, verdict="runtime_error", message=f"x {name}", public=f"x {name}", detail=name, output=name, code=name
    )
    question = QuestionResult(
        id="positional-encoding",
        number=6,
        framework="torch",
        title=name,
        score=0,
        max_score=100,
        criteria=(CriterionResult(name="test_a", title=name, points=100, earned=0, cases=(case,)),),
        policy=(PolicyFinding(rule=name, line=1, column=0, message=name, blocking=True, file=name),),
        diagnosis=name,
        diagnosis_zh=name,
        problems=(name,),
        explanation=name,
    )
    return SubmissionResult(
        candidate=name, score=0, max_score=100, questions=(question,), problems=(Problem(where=name, message=name),)
    )


@pytest.fixture(params=HOSTILE_NAMES, ids=range(len(HOSTILE_NAMES)))
def hostile(request: pytest.FixtureRequest) -> SubmissionResult:
    return hostile_result(request.param)


@pytest.fixture
def cohort(result: SubmissionResult, provenance: Provenance) -> CohortResult:
    unreadable = SubmissionSummary(
        candidate="zoe", score=0, max_score=100, problems=(Problem(where="zoe.zip", message="a link; refused"),)
    )
    graded = (summarize(hostile_result(name)) for name in HOSTILE_NAMES[1:])
    return CohortResult(submissions=(unreadable, *graded, summarize(result)), provenance=provenance)
