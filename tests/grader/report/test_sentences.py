"""Reports say in Chinese what the engine says of a case in English; what others have said stays as it is."""

import inspect
import re

import numpy as np
import pytest

from grader import words
from grader.comparison import Mismatch, assert_close
from grader.report.sentences import in_chinese
from grader.verdicts import Verdict

ARGUMENTS = {
    "what": "the gradient of attend",
    "name": "attend",
    "got": "a tuple of 3",
    "expected": "array and array",
    "seconds": 2.5,
    "megabytes": 256,
    "kind": "wire",
    "found": "build",
}


def engine_sentences():
    for name, function in inspect.getmembers(words, inspect.isfunction):
        yield pytest.param(function(*(ARGUMENTS[p] for p in inspect.signature(function).parameters)), id=name)
    for kind in ("gradient", "model"):
        yield words.unfit("attend", kind)
    yield words.UNUSABLE
    yield words.DIFFERS
    yield from (verdict.sentence for verdict in Verdict)
    for got in ("nothing (None)", "one array", "one array of shape (3, 4)", "an object", "a Linear", "a list of 2"):
        yield words.wrong_kind("attend", got, "number")
    for kind in ("it printed more than 16 KiB", "it used more than 256 MiB", "it wrote more than 8 MiB or 100 files"):
        yield f"importing answer.py: {kind}"
    yield "attend: its process was ended by signal 11"
    yield "answer.py:12 ValueError in attend"
    yield "an exception in attend"
    yield "attend raised nothing where ValueError is asked for"
    yield "attend raised TypeError where ValueError is asked for"


@pytest.mark.parametrize("sentence", list(engine_sentences()))
def test_every_sentence_of_the_engine_has_its_chinese(sentence):
    chinese = in_chinese(sentence)
    assert re.search("[\u4e00-\u9fff]", chinese)
    assert not re.search(r"\b(the|its?|that|which|where|than)\b", chinese)
    assert set(re.findall(r"\d+", chinese)) == set(re.findall(r"\d+", sentence))


X = np.zeros((2, 3), np.float32)


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (X, X + 1),
        (X, X + np.nan),
        (1.0, 2.0),
        (X[:1], X),
        (X.astype(np.float16), X),
        (X.astype(np.int64), X),
        (X + 0.5, X.astype(np.int64)),
        (None, X),
        ("text", X),
        ((X, X + 1), (X, X)),
        ((X,), (X, X)),
        ({"w": X}, {"w": X, "b": X}),
    ],
)
def test_so_has_every_difference(actual, expected):
    with pytest.raises(Mismatch) as failed:
        assert_close(actual, expected)
    for sentence in (str(failed.value), failed.value.public):
        assert in_chinese(sentence).startswith("结果")


@pytest.mark.parametrize("sentence", ["83% of new texts are right", "ValueError: 形状不符", "", "the result"])
def test_what_others_say_is_left_as_it_is(sentence):
    assert in_chinese(sentence) == ""


def test_names_and_numbers_stay():
    assert in_chinese("answer.py:12 ValueError in attend") == "answer.py:12 attend 抛出了 ValueError"
    assert in_chinese("attend returned a tuple of 3 where the question asks for array and array") == (
        "attend 返回了一个长度为 3 的 tuple，而题目要求数组、数组"
    )
