"""The bank, proven: what is right earns 100, what is wrong loses what it is meant to lose, what is empty nothing."""

import pytest

from grader.authoring.answers import check_answers, check_vacuous
from grader.authoring.inspection import inspect, inspection_findings
from grader.authoring.right import right_answers
from grader.authoring.stubs import stub
from grader.authoring.wrong import wrong_answers
from grader.bank import load_bank

BANK = load_bank()

each_question = pytest.mark.parametrize("question", BANK.values(), ids=BANK)


@each_question
def test_the_reference_earns_everything_and_wrong_answers_lose_what_they_name(sandbox, question):
    findings = list(check_answers(sandbox, question, seed=20, references_only=question.trains))
    assert [f"{f.framework} {f.name}: {fault}" for f in findings for fault in f.faults] == []
    assert {f.framework: f.score for f in findings if f.name == "reference"} == dict.fromkeys(question.frameworks, 100)


@each_question
def test_there_are_enough_wrong_answers(question):
    found = wrong_answers(question)
    assert len(found) >= 6
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


NUMERIC = [question for question in BANK.values() if question.id not in ("gan", "dqn")]


@pytest.mark.parametrize("question", NUMERIC, ids=lambda question: question.id)
def test_there_are_other_right_ways(question):
    assert len(right_answers(question)) >= 3
