"""Answers that look alike: renaming and reformatting hide no copy, and other ways are no copies."""

import re

from grader.bank import load_bank
from grader.similarity import similar_answers
from grader.submission import read_submission
from tests.demo import ROOT

BANK = list(load_bank().values())
QUESTION = "multi-head-attention"
REFERENCE = (ROOT / "reference/multi_head_attention/numpy_answer.py").read_text()


def alike(tmp_path, **answers):
    for candidate, code in answers.items():
        (tmp_path / candidate).mkdir()
        (tmp_path / candidate / "q02_numpy.py").write_text(code)
    return similar_answers([read_submission(tmp_path / candidate, BANK) for candidate in answers])


def test_a_renamed_and_reformatted_copy_is_told(tmp_path):
    copied = re.sub(
        r"\b(scores|weights|output|heads)\b", r"my_\1", re.sub(r'""".*?"""', "", REFERENCE, flags=re.DOTALL)
    )
    (pair,) = alike(tmp_path, first=REFERENCE, second="# all my own work\n\n\n" + copied)
    assert (pair.question, pair.framework, pair.candidates) == (QUESTION, "numpy", ("first", "second"))
    assert pair.similarity > 0.95


def test_another_way_is_no_copy(tmp_path):
    ways = sorted((ROOT / "rubrics/multi_head_attention/right").glob("*_numpy.py"))
    assert ways
    assert alike(tmp_path, first=REFERENCE, second=ways[0].read_text()) == []


def test_short_answers_and_one_candidates_own_are_left_out(tmp_path):
    short = "def scaled_dot_product_attention(q, k, v, mask=None):\n    return q, k\n"
    assert alike(tmp_path, first=short, second=short) == []
