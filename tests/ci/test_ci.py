"""The GitHub action's own steps and the GitLab template's, run here as a job runs them, on the sample repository."""

import json
import os
import shutil
import subprocess
from xml.etree import ElementTree

import pytest
import yaml

from tests.demo import EXAMPLES, ROOT

ACTION = yaml.safe_load((ROOT / "action.yml").read_text())


@pytest.fixture
def repository(tmp_path):
    shutil.copytree(EXAMPLES / "ci", tmp_path / "repository")
    return tmp_path / "repository"


def inputs_of(workflow, **changed):
    (step,) = [s for s in workflow["jobs"]["grade"]["steps"] if s["uses"].startswith("your-group/grader")]
    return {name: default["default"] for name, default in ACTION["inputs"].items()} | step["with"] | changed


def run_action(repository, **changed):
    """Each step of the action with bash, its inputs put in; returns the last one's result, and what it told the job."""
    workflow = yaml.safe_load((repository / ".github/workflows/grade.yml").read_text())
    inputs = inputs_of(workflow, **changed)
    told = {name: repository.parent / name for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}
    environment = os.environ | {name: str(path) for name, path in told.items()} | {"GITHUB_ACTION_PATH": str(ROOT)}
    environment["GRADER_STORE"] = str(repository.parent / "store.sqlite3")
    for step in ACTION["runs"]["steps"]:
        given = {key: value.replace("${{ inputs.", "").replace(" }}", "") for key, value in step.get("env", {}).items()}
        done = subprocess.run(
            ["bash", "-e", "-c", step["run"]],
            cwd=repository,
            env=environment | {key: inputs[name] for key, name in given.items()},
            capture_output=True,
            text=True,
        )
    return done, {name: path.read_text() if path.exists() else "" for name, path in told.items()}


def test_the_action_grades_and_tells_the_job(repository):
    done, told = run_action(repository)
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads((repository / "grader-results/result.json").read_text())
    assert told["GITHUB_OUTPUT"].splitlines() == [f"score={result['score']}", f"max-score={result['max_score']}"]
    assert told["GITHUB_STEP_SUMMARY"].startswith("# submission")
    notes = [line for line in done.stdout.splitlines() if line.startswith("::warning ")]
    assert notes
    for note in notes:
        assert note.startswith("::warning file=submission/q06_numpy.py,line=")


def test_the_job_fails_below_the_bar(repository):
    done, told = run_action(repository, **{"fail-under": "99"})
    assert done.returncode == 1
    assert "score=" in told["GITHUB_OUTPUT"]


def test_a_bad_path_is_bad_usage(repository):
    done, told = run_action(repository, path="nowhere")
    assert done.returncode == 2
    assert "nowhere is not there" in done.stderr
    assert told["GITHUB_OUTPUT"] == ""


def test_the_gitlab_template_keeps_what_gitlab_reads(repository):
    _, job = yaml.safe_load_all((ROOT / "ci/gitlab.yml").read_text())
    grade = job["grade"]
    sample = yaml.safe_load((repository / ".gitlab-ci.yml").read_text())
    variables = os.environ | grade["variables"] | sample["variables"]
    variables["GRADER_STORE"] = str(repository.parent / "store.sqlite3")
    for line in grade["script"]:
        command = line.replace("/tmp/grader", str(ROOT))
        done = subprocess.run(
            ["bash", "-e", "-c", command], cwd=repository, env=variables, capture_output=True, text=True
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "::" not in done.stdout
    reports = grade["artifacts"]["reports"]
    notes = json.loads((repository / reports["codequality"]).read_text())
    assert {note["location"]["path"] for note in notes} == {"submission/q06_numpy.py"}
    assert len({note["fingerprint"] for note in notes}) == len(notes)
    suites = ElementTree.parse(repository / reports["junit"]).getroot()
    assert suites.tag == "testsuites"
    assert int(suites.get("failures")) > 0
