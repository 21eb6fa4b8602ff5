"""The example cohort, graded once by the real command."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
COHORT = EXAMPLES / "submissions"


@dataclass(frozen=True)
class Demo:
    """One run of the command over the cohort, and what it left: files and processes."""

    status: int
    said: str
    reports: Path
    changed: set[Path]
    stray: list[Path]
    alive: list[str]

    def result(self, candidate):
        return json.loads((self.reports / candidate / "result.json").read_text())

    def scores(self, candidate):
        return {(q["id"], q["framework"]): q["score"] for q in self.result(candidate)["questions"]}

    def cases(self, candidate):
        questions = self.result(candidate)["questions"]
        return [case for question in questions for criterion in question["criteria"] for case in criterion["cases"]]

    def verdicts(self, candidate):
        return Counter(case["verdict"] for case in self.cases(candidate))


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    out, before = tmp_path_factory.mktemp("demo"), contents(EXAMPLES)
    command = [
        sys.executable,
        "-m",
        "cli",
        "grade",
        str(COHORT),
        "-o",
        str(out / "reports"),
        "--seed",
        "1",
        "--jobs",
        "2",
    ]
    command += ["--format", "terminal,json,html,markdown,junit,csv"]
    with tempfile.TemporaryDirectory() as scratch:  # whatever the run makes, it makes there
        environment = os.environ | {"GRADER_STORE": str(out / "store.sqlite3"), "TMPDIR": scratch}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
        after = contents(EXAMPLES)
        changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
        stray, alive = list(Path(scratch).iterdir()), list(processes_of(scratch))
    return Demo(done.returncode, done.stdout + done.stderr, out / "reports", changed, stray, alive)


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def processes_of(folder):
    """The command lines of the processes that have the folder in their command line or environment."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (process / "cmdline").read_bytes()
            if folder.encode() in command or folder.encode() in (process / "environ").read_bytes():
                yield command.replace(b"\0", b" ").decode(errors="replace")
