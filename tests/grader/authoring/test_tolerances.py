"""Tolerances are weighed against right answers that compute otherwise, and against wrong ones."""

import re

import pytest

from grader.authoring.answers import grade_known
from grader.authoring.tolerances import ROOM, check_tolerances
from grader.bank import load_question

QUESTION = """
id = "norms"
number = 900
frameworks = {frameworks}
title = {{ en = "Norms of rows", zh = "行的范数" }}

[[entry_points]]
name = "norms"
signature = "(x)"
returns = "array"
"""
NUMPY = """
import numpy as np

def norms(x):
    return np.sqrt(np.square(x).sum(axis=-1))
"""
TORCH = """
def norms(x):
    return x.square().sum(dim=-1).sqrt()
"""
RUBRIC = """
import numpy as np
import pytest

from grader.rubric import assert_close, assert_raises, criterion


@criterion(points=100, title="Matches the reference")
@pytest.mark.parametrize("dtype", [np.float32])
def test_norms(candidate, reference, rng, dtype):
    x = rng.normal(size=(40, 3000)).astype(dtype)
    assert_close(candidate.norms(x), reference.norms(x))
"""
CALL = "reference.norms(x)"
LINE = RUBRIC[: RUBRIC.index(CALL)].count("\n") + 1
WRONG = """# /// wrong
# framework = "numpy"
# loses = ["test_norms"]
# diagnosis = "a sum"
# ///
"""


@pytest.fixture
def found(tmp_path, sandbox):
    """What is found in numpy, of the question with this rubric, these references and wrong answers."""

    def find(rubric=RUBRIC, wrong=(), **references):
        references = {"numpy": NUMPY} | references
        folder = tmp_path / "norms"
        for name in ("reference", "wrong"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        for framework, source in references.items():
            (folder / "reference" / f"{framework}_answer.py").write_text(source)
        for i, source in enumerate(wrong):
            (folder / "wrong" / f"{i}_numpy.py").write_text(WRONG + source)
        (folder / "question.toml").write_text(QUESTION.format(frameworks=list(references)))
        (folder / "rubric.py").write_text(rubric)
        question = load_question(folder)
        return check_tolerances(sandbox, question, "numpy", 0, grade_known(sandbox, question, "numpy", 0))

    return find


def within(tolerance):
    return RUBRIC.replace(CALL, f"{CALL}, {tolerance}")


def test_the_default_tolerances_leave_room(found):
    finding = found(wrong=[NUMPY.replace("square", "abs")])
    assert finding.faults == ()
    [line] = finding.evidence
    number = r"(\d\.\de-\d\d)"
    shares = re.fullmatch(
        rf"rubric\.py:{LINE}: rtol=2e-05, atol=2e-06; right answers differ by {number} of it \(.+\), "
        r"the nearest wrong answer by (\d+) times it",
        line,
    )
    assert shares, line
    assert 1e-4 < float(shares[1]) < 1 / ROOM
    assert float(shares[2]) > ROOM


@pytest.mark.parametrize(
    ("tolerance", "says"),
    [
        ("rtol=2e-2, atol=2e-3", "times what right answers differ by"),
        ("rtol=2e-7, atol=0", "is narrow: the reference"),
        ("rtol=2e-9, atol=0", "is narrow: the reference"),  # the reference itself passes: it equals itself
    ],
    ids=["a thousand times too wide", "too narrow", "far too narrow"],
)
def test_what_is_suggested_leaves_room(found, tolerance, says):
    [fault] = found(within(tolerance)).faults
    has = ", ".join(f"{name}={float(value):g}" for name, value in re.findall(r"(\w+)=([^,]+)", tolerance))
    assert fault.startswith(f"rubric.py:{LINE}: {has} is ")
    assert says in fault
    [(suggested, _)] = re.findall(r"(rtol=(\S+), atol=[^\s;]+)(?: is enough)?$", fault)
    assert found(within(suggested)).faults == ()


def test_a_tolerance_below_one_unit_in_the_last_place_is_narrow(found):
    steady = "import numpy as np\n\ndef norms(x):\n    return np.full(len(x), 0.1, np.float32)\n"
    [fault] = found(within("rtol=1e-8, atol=0"), numpy=steady).faults
    assert fault.startswith(
        f"rubric.py:{LINE}: rtol=1e-08, atol=0 is narrow: one rounding differs by 12 times it; try "
    )
    assert found(within("rtol=2e-7, atol=0"), numpy=steady).faults == ()


def test_each_tolerance_of_a_line_is_weighed_on_its_own(found):
    rubric = within("rtol=tolerance, atol=0").replace('"dtype", [np.float32]', '"dtype, tolerance", CASES')
    rubric = rubric.replace("rng, dtype", "rng, dtype, tolerance").replace(
        "@criterion", "CASES = [(np.float32, 2e-5), (np.float32, 0.1), (np.float64, 1e-10)]\n\n\n@criterion"
    )
    finding = found(rubric)
    assert len(finding.evidence) == 3
    [fault] = finding.faults
    assert "rtol=0.1, atol=0 is " in fault


def test_another_framework_takes_part(found):
    coarse = TORCH.replace("x.square()", "(x * 1.00001).square()")
    [fault] = found(torch=coarse).faults
    assert "is narrow: the torch reference differs by 0." in fault


def test_an_answer_that_draws_otherwise_says_nothing_of_the_tolerance(found):
    finding = found(torch=TORCH.replace("x.square()", "(x + 0.1 * __import__('torch').rand(3000)).square()"))
    assert finding.faults == ()
    assert finding.evidence[0].endswith("; not comparable: the torch reference")


@pytest.mark.parametrize(
    ("x", "fits"),
    [("np.float32([[2000, 1999.5], [0, 2000]])", True), ("np.float32([[1998.1, 1999.7], [1999.3, 1999.9]])", False)],
    ids=["few digits", "as many as there are"],
)
def test_inputs_of_few_digits_are_taken_as_exact(found, x, fits):
    steep = "import numpy as np\n\ndef norms(x):\n    return np.exp(x - 2000).sum(axis=-1)\n"
    rubric = re.sub(r"rng\.normal.*", x, RUBRIC)
    assert (not found(rubric, numpy=steep).faults) is fits


def test_no_tolerance_fits_where_right_and_wrong_are_close(found):
    near = NUMPY.replace("return ", "return np.float32(1.000001) * ")
    narrow, thin = found(within("rtol=5e-7, atol=0"), wrong=[near]).faults
    assert narrow.endswith("times it: let the input tell them further apart")
    assert thin.startswith(f"rubric.py:{LINE}: wrong/0_numpy.py differs by ")


def test_a_wrong_answer_that_something_else_catches_too_is_not_thin(found):
    near = NUMPY.replace("return ", "return np.float32(1.0001) * ")
    assert "times the tolerance only" in "".join(found(wrong=[near]).faults)
    row = "    x = rng"
    checked = RUBRIC.replace("[np.float32]", "[np.float32, 'zeros']").replace(
        row, f"    if dtype == 'zeros':\n        assert not candidate.norms(np.zeros((2, 3)))[0]\n        return\n{row}"
    )
    near = near.replace("return ", "if not x.any():\n        return np.ones(2)\n    return ")
    assert found(checked, wrong=[near]).faults == ()


def test_what_must_be_equal_has_no_tolerance(found):
    finding = found(within("rtol=0, atol=0"))
    assert (finding.faults, finding.evidence) == ((), ())
    assert finding.summary == "nothing is compared within a tolerance"
