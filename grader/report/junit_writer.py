"""`junit.xml`: for a submission a suite for each question and framework, for a cohort a suite for each candidate.

What the candidate caused is a failure, an unanswered question too: a build is not green for want of an answer.
What the grader caused is an error, and what waits for a person is skipped.
"""

from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from grader.report.model import (
    CaseResult,
    CohortResult,
    Problem,
    QuestionResult,
    QuestionSummary,
    SubmissionResult,
    SubmissionSummary,
    View,
)
from grader.report.phrases import Language
from grader.report.text import clean_line, clean_text, first_line, provenance_facts, show_points, show_verdicts
from grader.report.views import as_seen
from grader.verdicts import CANDIDATE_FAULT, Verdict


def write_submission(result: SubmissionResult, view: View, language: Language = "en") -> str:
    result = as_seen(result, view)
    facts = provenance_facts(result.provenance)
    suites = [_question(question, facts) for question in result.questions]
    if result.problems:
        tests = _problems(result.problems, answered=bool(result.questions))
        suites.insert(0, _suite("submission", tests, facts))
    return _document(result.candidate, suites)


def write_cohort(cohort: CohortResult, view: View, language: Language = "en") -> str:
    cohort = as_seen(cohort, view)
    facts = provenance_facts(cohort.provenance)
    return _document("cohort", [_candidate(summary, facts) for summary in cohort.submissions])


def _question(question: QuestionResult, facts: list[tuple[str, str]]) -> Element:
    tests = []
    for criterion in question.criteria:
        tests += [_case(f"{question.id}.{question.framework}", case) for case in criterion.cases]
    scores = [("score", show_points(question.score)), ("max_score", show_points(question.max_score))]
    return _suite(f"{question.id} ({question.framework})", tests, scores + facts)


def _case(classname: str, case: CaseResult) -> Element:
    test = _test(classname, case.name, case.seconds)
    _outcome(test, {case.verdict}, first_line(case.message) or case.verdict.sentence, f"{case.message}\n{case.detail}")
    if case.output:
        SubElement(test, "system-out").text = case.output
    return test


def _candidate(summary: SubmissionSummary, facts: list[tuple[str, str]]) -> Element:
    tests = _problems(summary.problems, answered=bool(summary.questions))
    tests += [_summary(summary.candidate, question) for question in summary.questions]
    scores = [("score", show_points(summary.score)), ("max_score", show_points(summary.max_score))]
    return _suite(summary.candidate, tests, scores + facts)


def _summary(candidate: str, question: QuestionSummary) -> Element:
    test = _test(candidate, f"{question.id} ({question.framework})")
    points = f"{show_points(question.score)} of {show_points(question.max_score)} points"
    text = "\n".join(line for line in (question.diagnosis, *question.problems) if line)
    _outcome(test, set(question.verdicts), f"{points}: {show_verdicts(question.verdicts)}", text)
    return test


def _problems(problems: Iterable[Problem], answered: bool) -> list[Element]:
    """A problem fails the build where nothing could be graded, and is noted as skipped otherwise."""
    tests = []
    for problem in problems:
        test = _test("submission", problem.where)
        SubElement(test, "skipped" if answered else "failure", message=first_line(problem.message))
        tests.append(test)
    return tests


def _outcome(test: Element, verdicts: set[Verdict], message: str, text: str) -> None:
    tags = {"error": {Verdict.GRADER_ERROR}, "failure": CANDIDATE_FAULT, "skipped": {Verdict.NEEDS_REVIEW}}
    for tag, group in tags.items():
        if ended := [verdict for verdict in Verdict if verdict in verdicts & group]:
            outcome = SubElement(test, tag, message=message)
            if tag != "skipped":
                outcome.set("type", ended[0].value)
                outcome.text = text.strip()
            return


def _test(classname: str, name: str, seconds: float | None = None) -> Element:
    test = Element("testcase", classname=clean_line(classname), name=clean_line(name))
    if seconds is not None:
        test.set("time", f"{seconds:.6f}")
    return test


def _suite(name: str, tests: list[Element], facts: list[tuple[str, str]]) -> Element:
    suite = Element("testsuite", name=clean_line(name), tests=str(len(tests)))
    for plural, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(plural, str(sum(test.find(tag) is not None for test in tests)))
    _set_time(suite, tests)
    properties = SubElement(suite, "properties")
    for key, value in facts:
        SubElement(properties, "property", name=key, value=value)
    suite.extend(tests)
    return suite


def _document(name: str, suites: list[Element]) -> str:
    root = Element("testsuites", name=clean_line(name))
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count, 0)) for suite in suites)))
    _set_time(root, suites)
    root.extend(suites)
    indent(root)
    return clean_text('<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode")) + "\n"


def _set_time(whole: Element, parts: list[Element]) -> None:
    """The sum of the parts' times, where any is told."""
    times = [float(part.get("time", 0)) for part in parts if "time" in part.attrib]
    if times:
        whole.set("time", f"{sum(times):.6f}")
