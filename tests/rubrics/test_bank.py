"""The bank, proven: what is right earns 100, what is wrong loses what it is meant to lose, what is empty nothing."""

import pytest

from grader.authoring.answers import answers_findings, check_vacuous, grade_known
from grader.authoring.inspection import inspect, inspection_findings
from grader.authoring.right import right_answers
from grader.authoring.stubs import stub
from grader.authoring.wrong import WrongAnswer, wrong_answers
from grader.bank import load_bank

BANK = load_bank()

each_question = pytest.mark.parametrize("question", BANK.values(), ids=BANK)


@each_question
def test_what_is_right_earns_everything_and_what_is_wrong_loses_what_it_names(sandbox, question):
    """And no wrong answer is taken for another; nearly all are recognised: not those that draw from the clock, or run
    out of time.
    """
    scores, named, wrong = {}, 0, 0
    for framework in question.frameworks:
        known = grade_known(sandbox, question, framework, seed=20, references_only=question.trains)
        findings = list(answers_findings(question, framework, known))
        assert [f"{framework} {f.name}: {fault}" for f in findings for fault in f.faults] == []
        scores[framework] = findings[0].score
        for one in known:
            if isinstance(one.answer, WrongAnswer):
                named, wrong = named + bool(one.graded.diagnosis), wrong + 1
    assert scores == dict.fromkeys(question.frameworks, 100)
    assert named >= 0.8 * wrong


@each_question
def test_there_are_enough_wrong_answers(question):
    found = wrong_answers(question)
    assert len(found) >= 8
    assert {w.header.framework for w in found} == set(question.frameworks)
    assert all(w.header.diagnosis and w.header.loses for w in found)


@each_question
def test_vacuous_answers_earn_next_to_nothing(sandbox, question):
    """In the first framework: what stands in the place of values does not depend on it."""
    assert check_vacuous(sandbox, question, question.frameworks[0], seed=20).faults == ()


@each_question
def test_prompts_public_cases_and_limits_fit_the_rubric(sandbox, question):
    frameworks = question.frameworks[:1] if question.trains else question.frameworks
    findings = inspection_findings(question, [inspect(sandbox, question, name, seed=20) for name in frameworks])
    assert [f"{finding.name}: {fault}" for finding in findings for fault in finding.faults] == []


@each_question
def test_what_a_reviewer_and_an_editor_need_is_there(question):
    assert question.guide("en") and question.guide("zh")
    assert (question.folder / "conftest.py").read_text(encoding="utf-8") == stub(question)


@each_question
def test_there_are_other_right_ways(question):
    assert len(right_answers(question)) >= 3
