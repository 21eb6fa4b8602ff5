"""Banks: the built-in one, and a user's own beside it."""

import json
import shutil
from pathlib import Path

import pytest

from grader.bank import find_question, load_bank, load_question, schema
from grader.errors import QuestionError, UsageError

TOY = Path(__file__).parent.parent / "bank"


@pytest.fixture
def own(tmp_path):
    """A question's folder as it may lie in a repository of its own: everything in one place."""
    folder = tmp_path / "bank" / "toy"
    shutil.copytree(TOY / "rubrics" / "toy", folder)
    shutil.copytree(TOY / "reference" / "toy", folder / "reference")
    return folder


def test_a_questions_own_folder_is_a_bank(own):
    question = load_bank(more=[own])["toy"]
    assert "def " in question.reference_source("numpy").decode()


def test_a_folder_of_questions_is_a_bank_and_the_built_in_one_stays(own):
    assert {"toy", "multi-head-attention"} <= load_bank(more=[own.parent]).keys()


def test_the_folder_may_be_named_like_the_id(own):
    renamed = own.rename(own.with_name("two-words"))
    toml = renamed / "question.toml"
    toml.write_text(toml.read_text().replace('"toy"', '"two-words"'))
    assert load_question(renamed).id == "two-words"


def test_a_bank_without_a_question_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"there is no question\.toml in it"):
        load_bank(more=[tmp_path])


def test_an_id_of_the_built_in_bank_is_taken(own):
    toml = own / "question.toml"
    toml.write_text(toml.read_text().replace('"toy"', '"dqn"'))
    taken = own.rename(own.with_name("dqn"))
    with pytest.raises(QuestionError, match=r"id dqn is taken by the question in .*rubrics/dqn"):
        load_bank(more=[taken])


def test_a_question_is_found_by_id_and_by_number():
    bank = load_bank()
    for name in ("dqn", "20", "q20", "Q020"):
        assert find_question(bank, name).id == "dqn"
    with pytest.raises(UsageError, match=r"no question 'xyz'; the bank has .*dqn"):
        find_question(bank, "xyz")


def test_the_published_schema_is_the_one_that_is_checked():
    published = Path(__file__).parent.parent.parent / "docs" / "question.schema.json"
    assert json.loads(published.read_text()) == schema(), "write it anew: make schema"
