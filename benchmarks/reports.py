"""What the reports of a large cohort cost: 200 candidates by 21 questions, every tenth case failed, with evidence.

The cohort is made here, not graded: this measures the compiler and its writers.
"""

import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from grader.evidence import window
from grader.report import FORMATS, compile_report
from grader.report.cohort import compile_cohort
from grader.report.model import CaseResult, CriterionResult, Provenance, QuestionResult, SubmissionResult
from grader.verdicts import Verdict

CANDIDATES, QUESTIONS, CRITERIA, CASES = 200, 21, 12, 4


def main() -> None:
    results = [submission(number) for number in range(CANDIDATES)]
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        cohort = compile_cohort(results, Provenance(engine="benchmark"))
        print(f"compiled: {time.perf_counter() - started:.2f} s")
        for name in FORMATS:
            started = time.perf_counter()
            (path,) = compile_report(cohort, [name], "reviewer", Path(folder))
            print(f"cohort, {name}: {time.perf_counter() - started:.2f} s, {path.stat().st_size / 1e6:.2f} MB")
        started = time.perf_counter()
        (path,) = compile_report(results[0], ["html"], "reviewer", Path(folder))
        print(f"a submission, html: {time.perf_counter() - started:.2f} s, {path.stat().st_size / 1e6:.2f} MB")


def submission(number: int) -> SubmissionResult:
    rng = np.random.default_rng(number)
    questions = tuple(question(rng, i) for i in range(1, QUESTIONS + 1))
    return SubmissionResult(
        candidate=f"candidate-{number:03}",
        score=sum(q.score for q in questions),
        max_score=sum(q.max_score for q in questions),
        questions=questions,
    )


def question(rng: np.random.Generator, number: int) -> QuestionResult:
    criteria = tuple(criterion(rng, f"test_{i}") for i in range(CRITERIA))
    score = sum(c.earned for c in criteria)
    return QuestionResult(
        id=f"question-{number}", number=number, framework="torch", score=score, max_score=100, criteria=criteria
    )


def criterion(rng: np.random.Generator, name: str) -> CriterionResult:
    cases = tuple(case(rng, f"{name}[{i}]") for i in range(CASES))
    points = 100 / CRITERIA
    passed = sum(found.verdict is Verdict.PASSED for found in cases)
    return CriterionResult(name=name, title=name, points=points, earned=points * passed / CASES, cases=cases)


def case(rng: np.random.Generator, name: str) -> CaseResult:
    if rng.random() < 0.9:
        return CaseResult(name=name, verdict=Verdict.PASSED, seconds=0.001)
    actual, expected = rng.normal(size=(2, 12, 12))
    message = "the result differs at [0, 3]: got 0.412, expected 0.398 (3.5 % off; tolerance 0.01 %)"
    evidence = window(actual, expected, np.full(expected.shape, 0.1))
    return CaseResult(name=name, verdict=Verdict.WRONG_ANSWER, message=message, seconds=0.001, window=evidence)


if __name__ == "__main__":
    sys.exit(main())
