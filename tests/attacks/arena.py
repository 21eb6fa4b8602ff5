"""One contest: all hostile answers as one cohort, with honest neighbours among them, in one sandbox, with the policy on
or off. Everything that is asserted about it is seen from the trusted side.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.report import SubmissionResult
from tests.attacks.catalogue import Attack
from tests.attacks.targets import BANK, MARKERS, ROOT, Target
from tests.attacks.watch import Seen, Watch

SEED = 4_815_162_342_108
_SECONDS = 400  # after which a run that does not end is ended
_NEIGHBOURS = {"aa-neighbour": "numpy", "mm-neighbour": "numpy", "nn-neighbour": "torch", "zz-neighbour": "numpy"}


@dataclass(frozen=True)
class Contest:
    """What a run left behind.

    Attributes:
        results: By candidate's name; a candidate without a result is missing.
        harm: By attack, what was found done to what it aimed at.
        seen: By attack, the worst that was seen of the run's processes in its turn.
        secrets: Texts that no answer may have learned.
        said: What the run printed.
        stray: Files that it left in its temporary folder.
        alive: Processes that it left.
        spoilt: Files of ours that changed.
        status: The run's exit status.
    """

    policy: bool
    results: dict[str, SubmissionResult]
    harm: dict[str, list[str]]
    seen: dict[str, Seen]
    secrets: tuple[str, ...]
    said: str
    stray: list[str]
    alive: list[str]
    spoilt: list[str]
    status: int

    @property
    def neighbours(self) -> dict[str, list[object]]:
        """The neighbours' results, case by case, without what differs from run to run."""
        return {name: _essence(self.results[name]) for name in _NEIGHBOURS if name in self.results}


def hold(sandbox: str, policy: bool, attacks: Sequence[Attack]) -> Contest:
    """Grade `attacks` and their neighbours. Raises nothing because of them."""
    with tempfile.TemporaryDirectory(prefix="ar-", dir="/tmp") as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        home, scratch = folder / "home", folder / "t"
        secrets = _furnish(home)
        scratch.mkdir()
        targets = {attack.name: Target(attack, folder / "canary" / attack.name) for attack in attacks}
        for target in targets.values():
            stack.callback(target.close)
        environment = os.environ | {
            "HOME": str(home),
            "TMPDIR": str(scratch),
            "CI": "true",
            "API_TOKEN": secrets[0],
            "PYTHONPATH": str(ROOT),
        }
        lifeline, ours = os.pipe()
        command = [sys.executable, "-m", "tests.attacks.cohort", sandbox, "on" if policy else "off", name, str(SEED)]
        command.append(str(lifeline))
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=[lifeline],
        )
        os.close(lifeline)
        stack.callback(os.close, ours)
        _write_cohort(folder, targets, process.pid)
        before = _own_files(folder)
        with Watch(process.pid, scratch) as watch:
            try:
                said, _ = process.communicate(b"go\n", _SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                said = process.communicate()[0] + b"the run did not end"
        return Contest(
            policy=policy,
            results=dict(_results(folder / "results.jsonl")),
            harm={attack: list(target.harm()) for attack, target in targets.items()},
            seen=dict(watch.seen),
            secrets=(*secrets, *(t.secret for t in targets.values()), *MARKERS, str(SEED)),
            said=said.decode(errors="replace"),
            stray=[str(path) for path in scratch.iterdir()],
            alive=list(_processes_of(str(scratch))),
            spoilt=[path for path, content in _own_files(folder).items() if before.get(path) != content],
            status=process.returncode,
        )


def _furnish(home: Path) -> tuple[str, ...]:
    """Fill a home folder with what a user has there; return the secrets in it."""
    token, key, source = (os.urandom(12).hex() for _ in range(3))
    for path, content in {".ssh/id_ed25519": key, ".netrc": key, ".aws/credentials": key, "notes": source}.items():
        (home / path).parent.mkdir(parents=True, exist_ok=True)
        (home / path).write_text(content)
    return token, key, source


def _write_cohort(folder: Path, targets: dict[str, Target], grader: int) -> None:
    constants: dict[str, object] = {
        "ROOT": str(ROOT),
        "GRADER": grader,
        "HOME": str(folder / "home"),
        "STORE": str(folder / "store.sqlite3"),
        "RESULTS": str(folder / "results.jsonl"),
        "RUBRIC": str(BANK / "rubrics" / "target" / "rubric.py"),
        "REFERENCE": str(BANK / "reference" / "target" / "numpy_answer.py"),
        "NEIGHBOUR": str(folder / "cohort" / "aa-neighbour" / "q01" / "numpy" / "answer.py"),
    }
    for name, framework in _NEIGHBOURS.items():
        honest = (BANK / "reference" / "target" / f"{framework}_answer.py").read_bytes()
        _write(folder / "cohort" / name / "q01" / framework, {"answer.py": honest})
    for name, target in targets.items():
        files = {**target.attack.files, **target.files(constants), f"attack-{name}": b""}
        _write(folder / "cohort" / name / "q01" / target.attack.framework, files)


def _write(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def _results(path: Path) -> Iterator[tuple[str, SubmissionResult]]:
    if path.exists():
        for line in path.read_text().splitlines():
            result = SubmissionResult.model_validate_json(line)
            yield result.candidate, result


def _own_files(folder: Path) -> dict[str, bytes]:
    """The submissions, the home folder and the bank: nothing of it may change."""
    roots = (folder / "cohort", folder / "home", BANK)
    files = (path for root in roots for path in root.rglob("*") if "__pycache__" not in path.parts)
    return {str(path): path.read_bytes() for path in files if path.is_file()}


def _processes_of(folder: str) -> Iterator[str]:
    """The command lines of the processes that have the folder in their command line or environment."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (process / "cmdline").read_bytes()
            if folder.encode() in command or folder.encode() in (process / "environ").read_bytes():
                yield command.replace(b"\0", b" ").decode(errors="replace")


def _essence(result: SubmissionResult) -> list[object]:
    cases: list[object] = [
        (question.framework, criterion.earned, case.name, case.verdict.value, case.message, case.output)
        for question in result.questions
        for criterion in question.criteria
        for case in criterion.cases
    ]
    return [(result.score, [problem.message for problem in result.problems]), *cases]
