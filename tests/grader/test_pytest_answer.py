"""A rubric under a developer's own pytest."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
TOY = Path(__file__).parent.parent / "bank"


@pytest.fixture
def run(tmp_path):
    folder = tmp_path / "toy"
    shutil.copytree(TOY / "rubrics" / "toy", folder)
    shutil.copytree(TOY / "reference" / "toy", folder / "reference")

    def run_pytest(source="", *options):
        answer = tmp_path / "q01.py"
        answer.write_bytes((folder / "reference" / "numpy_answer.py").read_bytes() + source.encode())
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-W", "error", str(folder)]
        chosen = options or ("--answer", str(answer))
        return subprocess.run([*command, *chosen], cwd=tmp_path, capture_output=True, text=True)

    return run_pytest


def test_a_right_answer_passes(run):
    done = run()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "9 passed" in done.stdout


def test_without_an_answer_the_reference_is_graded(run):
    assert "9 passed" in run("", "--framework", "torch").stdout


def test_a_wrong_answer_fails_at_the_rubrics_own_line(run):
    done = run("\ndef double(x):\n    return x + 1\n")
    assert done.returncode == 1
    assert "rubric.py" in done.stdout
    assert "Mismatch: the result differs" in done.stdout
    assert "comparison.py" not in done.stdout, "the grader's own frames are hidden"


def test_an_exception_shows_the_candidates_own_lines(run):
    done = run("\ndef double(x):\n    return x.nothing\n")
    assert "the candidate's own lines:" in done.stdout
    assert "return x.nothing" in done.stdout


def test_one_case_can_be_chosen_as_usual(run):
    done = run("", "--framework", "numpy", "-k", "test_counter and 7")
    assert "1 passed, 8 deselected" in done.stdout


def test_what_is_wrong_with_the_call_is_one_sentence(run, tmp_path):
    done = run("", "--answer", str(tmp_path / "nothing.py"))
    assert done.returncode == 4
    assert "nothing.py is not there" in done.stderr
