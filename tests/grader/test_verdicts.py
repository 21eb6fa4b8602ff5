"""How a case ends: each kind of failure becomes its verdict, one sentence, and costs that case alone."""

import pytest

from grader.grading import grade
from grader.pytest_plugin import Job
from grader.reference import reference_source

EVERYTHING = {"test_double": 40, "test_count": 20, "test_counter": 30, "test_bad_arguments": 10}


def lost(graded):
    return {name: points - graded[name].earned for name, points in EVERYTHING.items() if graded[name].earned < points}


def test_the_reference_earns_everything(grade_toy):
    graded = grade_toy()
    assert graded.score == 100
    assert lost(graded) == {}


def test_points_are_shared_out_among_the_cases(grade_toy):
    graded = grade_toy("def double(x):\n    if x is None: raise ValueError\n    return x + x if len(x) < 5 else x")
    assert graded.verdicts("test_double") == ["passed", "passed", "wrong_answer", "wrong_answer"]
    assert graded["test_double"].earned == 20


@pytest.mark.parametrize(
    ("body", "verdict", "sentence"),
    [
        ("while True: pass", "time_limit", "double took longer than 2 s"),
        ("import os; os._exit(0)", "runtime_error", "double: its process exited with status 0"),
        ("raise SystemExit(0)", "runtime_error", "SystemExit: 0"),
        ("import ctypes; ctypes.string_at(0)", "runtime_error", "double: its process was ended by signal 11"),
        ("return bytearray(1 << 30)", "memory_limit", "double needs more memory than the 256 MiB allowed"),
        ("while True: print('x' * 999)", "output_limit", "double: it printed more than 16 KiB"),
        ("return x[99]", "runtime_error", "IndexError: index 99 is out of bounds"),
        ("return None", "wrong_answer", "double returned nothing (None) where the question asks for array"),
        ("return [1.0, 2.0]", "wrong_answer", "double returned a list of 2 where the question asks for array"),
        ("return {1, 2}", "wrong_answer", "double returned a set where the question asks for array"),
        ("return 'x' * (2 << 20)", "wrong_answer", "more than"),
        ("return (x + x)[None]", "wrong_answer", "the result has shape (1, 1), expected (1,)"),
        ("return (x + x).astype('float16')", "wrong_answer", "less precise than float32"),
        ("return x * float('nan')", "wrong_answer", "the result differs"),
        ("loop = []; loop.append(loop); return loop", "wrong_answer", "nested"),
    ],
)
def test_a_failing_call_costs_its_criterion_alone(grade_toy, body, verdict, sentence):
    graded = grade_toy(f"def double(x):\n    if x is None: raise ValueError\n    {body}")
    assert graded.first("test_double").verdict == verdict
    assert sentence in graded.first("test_double").message
    assert set(lost(graded)) == {"test_double", "test_bad_arguments"}


def test_one_endless_case_costs_that_case_alone(grade_toy):
    graded = grade_toy(
        "def double(x):\n    if x is None: raise ValueError\n    while len(x) == 3: pass\n    return x + x"
    )
    assert graded.verdicts("test_double") == ["passed", "time_limit", "passed", "passed"]


def test_an_error_names_the_candidates_own_line(grade_toy):
    source = "def helper(x):\n    return x.shape[7]\n\n\ndef double(x):\n    return helper(x)\n"
    case = grade_toy(source, whole=True).first("test_double")
    assert case.message.startswith("answer.py:2 IndexError:")
    assert case.detail == "answer.py:6 in double: return helper(x)\nanswer.py:2 in helper: return x.shape[7]"


def test_the_text_of_an_exception_is_not_for_the_candidate(grade_toy):
    case = grade_toy("def double(x):\n    raise RuntimeError(f'the input was {x}')").first("test_double")
    assert "the input was" in case.message
    assert "the input was" not in case.public
    assert "RuntimeError" in case.public


def test_the_name_of_an_exception_is_not_for_the_candidate_where_the_answer_makes_it(grade_toy):
    case = grade_toy("def double(x):\n    raise type('E' + str(x.tolist()), (Exception,), {})()").first("test_double")
    assert "[" not in case.public


@pytest.mark.parametrize(
    ("source", "verdict", "sentence"),
    [
        ("def double(x)\n    return x", "runtime_error", "answer.py:1 SyntaxError: expected ':'"),
        ("import no_such_module", "runtime_error", "No module named 'no_such_module'"),
        ("import os; os._exit(0)", "runtime_error", "importing answer.py: its process exited"),
        ("while True: pass", "time_limit", "importing answer.py took longer than 4 s"),
        ("x = 1", "not_answered", "the answer does not define double"),
        ("double = 3", "not_answered", "double"),
        ("def double(): pass", "runtime_error", "answer.py:1: double() does not take the arguments"),
        ("", "not_answered", "the answer does not define double"),
    ],
)
def test_an_answer_that_cannot_be_used_fails_every_case_in_one_sentence(grade_toy, source, verdict, sentence):
    graded = grade_toy(source, whole=True)
    assert graded.score == 0
    assert graded.first("test_double").verdict == verdict
    assert sentence in graded.first("test_double").message


def test_an_answer_that_the_policy_refuses_is_not_run(grade_toy):
    graded = grade_toy("raise SystemExit", refused="answer.py:1: it is refused")
    assert {v for name in EVERYTHING for v in graded.verdicts(name)} == {"policy_violation"}
    assert graded.first("test_double").message == "answer.py:1: it is refused"


def test_the_wrong_exception_is_named(grade_toy):
    case = grade_toy("def double(x):\n    return x.nothing").first("test_bad_arguments")
    assert case.verdict == "wrong_answer"
    assert case.message == "double raised AttributeError where ValueError is asked for"


def test_a_callback_runs_on_the_trusted_side(grade_toy):
    graded = grade_toy("def count(step, times):\n    import inspect\n    return float(len(inspect.getsource(step)))")
    assert "passed" not in graded.verdicts("test_count")
    assert "could not get source code" in graded.first("test_count").message


def test_what_a_callback_refuses_is_the_answers_failure(grade_toy):
    graded = grade_toy("def count(step, times):\n    return step('not a number')")
    assert graded.verdicts("test_count") == ["runtime_error", "runtime_error"]
    assert "RemoteError" in graded.first("test_count").message


def test_a_value_that_the_rubric_cannot_use_is_the_answers_failure(grade_toy):
    graded = grade_toy(
        "class Counter:\n    def __init__(self, start): self.value = start\n    def add(self, n): return {}"
    )
    assert graded.verdicts("test_counter") == ["wrong_answer", "wrong_answer"]
    graded = grade_toy("def count(step, times): return __import__('numpy').zeros(()).astype('complex64')")
    assert graded.verdicts("test_count") == ["wrong_answer", "wrong_answer"]


def test_printed_text_is_kept_with_the_case(grade_toy):
    case = grade_toy("def double(x):\n    print('all tests passed')\n    return x").first("test_double")
    assert case.output == "all tests passed\n"
    assert case.verdict == "wrong_answer"


def test_state_does_not_outlive_a_criterion(grade_toy):
    # The first criterion's calls leave a mark that would spoil the second's, were it the same worker.
    source = """
import numpy
def count(step, times):
    if hasattr(numpy, "spoilt"): return 0.5
    return sum(float(step(i)) for i in range(times))
_double = double
def double(x):
    numpy.spoilt = True
    return _double(x)
"""
    assert grade_toy(source).score == 100


def test_a_failing_case_says_which_line_of_the_answer_it_is_about(grade_toy):
    raising = "\n\ndef helper(x):\n    return x.shape[7]\n\n\ndef double(x):\n    return helper(x)\n"
    case = grade_toy(raising, whole=True).first("test_double")
    assert (case.file, case.line) == ("answer.py", 4)

    differing = "\n\ndef helper(x):\n    return 3 * x\n\n\ndef double(x):\n    return helper(x)\n"
    case = grade_toy(differing, whole=True).first("test_double")
    assert (case.file, case.line) == ("answer.py", 7), "the definition of what was called"


def test_a_passed_case_is_about_no_line(grade_toy):
    case = grade_toy().first("test_double")
    assert (case.file, case.line) == ("", None)


def test_the_references_time_stands_beside_the_answers(sandbox, toy):
    cache, seen = {}, []
    for _ in range(2):  # the second time from the cache
        job = Job(reference_source(toy, "numpy"))
        grade(sandbox, toy, "numpy", [job], 5, cache, lambda _, graded: seen.append(graded.criteria[0].cases[0]))
    first, second = seen
    assert first.reference_seconds == second.reference_seconds
    assert first.reference_seconds > 0
