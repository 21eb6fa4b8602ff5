"""The bank, proven: every reference earns 100, and every wrong answer loses what it is meant to lose."""

import pytest

from grader.authoring.answers import check_answers
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
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_prompt_says_every_signature(question, language):
    prompt = question.prompt(language)
    for entry_point in question.entry_points:
        assert entry_point.name + entry_point.signature in prompt


@each_question
def test_a_starter_defines_every_entry_point(question):
    for framework in question.frameworks:
        source = (question.folder / "starter" / f"{framework}_answer.py").read_text(encoding="utf-8")
        compile(source, "starter", "exec")
        for entry_point in question.entry_points_of(framework).values():
            assert f"{'class' if entry_point.kind == 'class' else 'def'} {entry_point.name}" in source
