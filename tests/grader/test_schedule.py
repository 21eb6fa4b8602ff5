"""Units of work and the processes that grade them: nothing is lost when one dies."""

import multiprocessing
import os
import signal

import pytest

from grader import schedule
from grader.schedule import Unit
from grader.source import Source
from grader.store import Store
from sandbox.base import Runtime


@pytest.fixture
def units(toy):
    reference = toy.reference_source("numpy")
    return [Unit(toy, Source({"a.py": reference + b"\n# %d" % i}, "a.py", "numpy")) for i in range(5)]


def run(units, sandbox, store, on_result=lambda place, graded: None, jobs=2):
    results = {}

    def done(place, graded):
        assert place not in results, "a result came twice"
        results[place] = graded
        on_result(place, graded)

    sandbox.start([Runtime("numpy")])
    schedule.run(units, sandbox, store, 3, jobs, done)
    return results


def test_every_unit_gets_its_result(units, sandbox, tmp_path):
    results = run(units, sandbox, tmp_path / "store.sqlite3")
    assert {place: graded.score for place, graded in results.items()} == dict.fromkeys(range(5), 100)


def test_what_a_dead_process_left_undone_is_run_again(units, sandbox, tmp_path):
    killed = []

    def kill_once(place, graded):
        if not killed:
            killed.extend(process.pid for process in multiprocessing.active_children())
            for pid in killed:
                os.kill(pid, signal.SIGKILL)

    results = run(units, sandbox, tmp_path / "store.sqlite3", kill_once, jobs=1)
    assert killed
    assert {place: graded.score for place, graded in results.items()} == dict.fromkeys(range(5), 100)


def test_a_template_that_dies_costs_no_candidate_anything(units, sandbox, tmp_path):
    def kill_template(place, graded):
        if place == 0:
            sandbox._templates[Runtime("numpy")].kill()

    results = run(units, sandbox, tmp_path / "store.sqlite3", kill_template, jobs=1)
    assert {place: graded.score for place, graded in results.items()} == dict.fromkeys(range(5), 100)


def test_a_unit_that_the_policy_refuses_is_not_run(toy, sandbox, tmp_path):
    unit = Unit(toy, Source({"a.py": b"raise SystemExit"}, "a.py", "numpy"), refused="a.py:1: refused")
    (graded,) = run([unit], sandbox, tmp_path / "store.sqlite3").values()
    assert {case.verdict for criterion in graded.criteria for case in criterion.cases} == {"policy_violation"}


def test_a_rubric_that_is_wrong_is_a_grader_error_of_its_units(units, toy, sandbox, tmp_path):
    wrong = toy.model_copy(update={"folder": tmp_path})
    (tmp_path / "rubric.py").write_text("import nothing_like_it")
    (tmp_path / "question.toml").write_text("")
    (graded,) = run([Unit(wrong, units[0].source)], sandbox, tmp_path / "store.sqlite3").values()
    assert graded.has_grader_error
    assert "nothing_like_it" in graded.criteria[0].cases[0].message


def test_the_store_keeps_results_and_one_seed(tmp_path, units, sandbox):
    path = tmp_path / "store.sqlite3"
    graded = run(units[:1], sandbox, path)[0]
    first = Store(path)
    first.keep_result("key", graded)
    second = Store(path)
    assert second.result("key") == graded
    assert second.result("another") is None
    assert first.seed() == second.seed()
    assert len(second.reference_values()) > 0
    first.close()
    second.close()
