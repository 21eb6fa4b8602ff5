"""Who may know whom: imports point one way, and rubrics and references know next to nothing."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROJECT = {"cli", "grader", "sandbox", "rubrics", "reference", "tests"}


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def of_the_project(path):
    return {name for name in imported(path) if name.startswith(".") or name.split(".")[0] in PROJECT}


def test_the_layers():
    done = subprocess.run([Path(sys.executable).with_name("lint-imports")], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", sorted(ROOT.glob("rubrics/*/rubric.py")), ids=lambda path: path.parent.name)
def test_a_rubric_imports_only_the_public_face(path):
    assert of_the_project(path) == {"grader.rubric"}


@pytest.mark.parametrize(
    "path",
    sorted(path for pattern in ("reference/*/*.py", "rubrics/*/*/*.py") for path in ROOT.glob(pattern)),
    ids=lambda path: f"{path.parent.parent.name}/{path.parent.name}/{path.name}",
)
def test_what_runs_as_an_answer_imports_nothing_of_the_project(path):
    assert of_the_project(path) == set()
