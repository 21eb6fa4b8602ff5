"""The example cohort, graded by the real command: what each of the five is there to show."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader import run
from grader.bank import load_bank
from grader.store import Store
from grader.submission import read_submission
from sandbox.local import LocalSandbox

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.xdist_group("examples")  # the cohort is graded once
COHORT = ROOT / "examples" / "submissions"


def files():
    return {path: path.read_bytes() for path in sorted(COHORT.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    out = tmp_path_factory.mktemp("cohort")
    before = files()
    command = [sys.executable, "-m", "cli", "grade", str(COHORT), "-o", str(out / "out"), "--seed", "1", "--jobs", "2"]
    environment = os.environ | {"GRADER_STORE": str(out / "store.sqlite3")}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert files() == before, "grading changed the submissions"
    return {path.parent.name: json.loads(path.read_text()) for path in sorted((out / "out").glob("*/result.json"))}


def verdicts(result):
    return {case["verdict"] for q in result["questions"] for c in q["criteria"] for case in c["cases"]}


def test_there_are_five_candidates_and_no_grader_error(graded):
    assert set(graded) == {"broken", "hostile", "mixed", "strong", "weak"}
    assert all("grader_error" not in verdicts(result) for result in graded.values())


def test_strong_earns_full_marks_in_every_question_and_framework(graded):
    scores = {(q["id"], q["framework"]): q["score"] for q in graded["strong"]["questions"]}
    assert scores == {(q.id, framework): 100.0 for q in load_bank().values() for framework in q.frameworks}


def test_hostile_earns_nothing(graded):
    assert len(graded["hostile"]["questions"]) >= 8
    assert graded["hostile"]["score"] == 0


def test_hostile_earns_nothing_where_the_policy_is_off_and_only_the_wall_is_left(tmp_path):
    bank = load_bank()
    hostile = read_submission(COHORT / "hostile", list(bank.values()))
    store = Store(tmp_path / "store.sqlite3")
    settings = run.Settings(seed=1, jobs=2, policy=False)
    with LocalSandbox(spares=2) as sandbox:
        (result,) = run.grade_submissions([hostile], bank, sandbox, store, settings, lambda *_: None, lambda _: None)
    store.close()
    assert {q.id + "/" + q.framework: q.score for q in result.questions if q.score >= 10} == {}
    found = {case.verdict for q in result.questions for c in q.criteria for case in c.cases}
    assert "policy_violation" not in found
    assert "grader_error" not in found


def test_a_broken_submission_is_reported_and_its_good_answers_count(graded):
    assert graded["broken"]["problems"]
    assert "runtime_error" in verdicts(graded["broken"])


def test_the_cohort_shows_every_way_to_fail(graded):
    shown = set().union(*map(verdicts, graded.values()))
    expected = {"passed", "wrong_answer", "runtime_error", "time_limit", "memory_limit", "output_limit"}
    assert expected | {"policy_violation", "not_answered"} <= shown
