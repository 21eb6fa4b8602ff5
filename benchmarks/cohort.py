"""What one answer costs in a cohort, in one run and side by side: with `grader`, with one pytest process an answer, and
at the bare floor. See benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.bank import Question, find_question, load_bank
from grader.grading import grade
from grader.pytest_plugin import Job
from grader.report.model import CriterionResult
from grader.run import Settings, grade_submissions
from grader.source import Source
from grader.store import Store
from grader.submission import Answer, Submission
from sandbox import wire
from sandbox.base import Runtime
from sandbox.limits import Limits
from sandbox.local import LocalSandbox
from sandbox.worker import FramedWorker

QUESTIONS = ("attention", "positional-encoding", "multi-head-attention")
TARGET = {"attention": 60.0}  # ms of wall over the bare floor
HERE = Path(__file__).resolve().parent
PYTEST_PROCESSES = 5
SEED = 1


@dataclass(frozen=True)
class Cost:
    """Milliseconds an answer; CPU is user and system time of all processes."""

    wall: float
    cpu: float


@dataclass(frozen=True)
class Grading:
    """What one grading of the reference does: its criteria, the workers it opens, and the messages to them."""

    criteria: Sequence[CriterionResult]
    workers: int
    calls: list[dict[str, Any]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=100, help="answers of the cohort")
    parser.add_argument("--question", action="append", help="id or number; its calls must be plain, without handles")
    options = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = "1"  # for all three alike
    bank = load_bank(more=[HERE / "bank"])
    for name in options.question or QUESTIONS:
        compare(find_question(bank, name), options.answers)


def compare(question: Question, count: int) -> None:
    grading = record(question)
    code = question.reference_source("torch")
    codes = [code + f"\n# answer {i}\n".encode() for i in range(count)]  # alike, and no two with the same digest
    cases = sum(len(criterion.cases) for criterion in grading.criteria)
    print(
        f"{question.id}, torch: {count} answers, one worker; an answer has {len(grading.criteria)} criteria, "
        f"{cases} cases and {len(grading.calls)} calls in {grading.workers} sandboxed processes"
    )
    grader, start, first = engine(question, codes)
    pytest_alone = pytest_process(question, code)
    floor = bare_floor(codes, grading.calls)
    print(f"{'':34}{'wall ms':>10}{'CPU ms':>10}{'× the wall':>12}{'× the CPU':>12}")
    for title, cost in (("grader", grader), ("one pytest process an answer", pytest_alone), ("bare floor", floor)):
        ratios = f"{cost.wall / floor.wall:12.1f}{cost.cpu / floor.cpu:12.1f}"
        print(f"  {title:32}{cost.wall:10.1f}{cost.cpu:10.1f}{ratios}")
    target = f" (target {TARGET[question.id]:.0f})" if question.id in TARGET else ""
    print(f"  over the floor: {grader.wall - floor.wall:.1f} ms{target}")
    print(
        f"  one pytest process an answer takes {pytest_alone.wall / grader.wall:.1f} times the wall and "
        f"{pytest_alone.cpu / grader.cpu:.1f} times the CPU of grader"
    )
    print(f"  once a run: {start:.1f} s to start the template, {first:.1f} s to start the pool and grade one answer\n")


def engine(question: Question, codes: list[bytes]) -> tuple[Cost, float, float]:
    """The marginal cost of an answer; seconds to start the template; seconds of a cohort of one."""
    _, first, cpu_of_first = grade_cohort(question, codes[:1])
    start, wall, cpu = grade_cohort(question, codes)
    more = len(codes) - 1
    return Cost((wall - first) / more * 1e3, (cpu - cpu_of_first) / more * 1e3), start, first


def grade_cohort(question: Question, codes: list[bytes]) -> tuple[float, float, float]:
    """Grade a cohort with an empty store: seconds to start the template, of wall from then on, of CPU in all."""
    submissions = []
    for i, code in enumerate(codes):
        answer = Answer(f"candidate-{i}", question.id, "torch", {"answer.py": code}, "answer.py")
        submissions.append(Submission(answer.candidate, Path(answer.candidate), (answer,), (), {}))
    before = cpu_seconds()
    with tempfile.TemporaryDirectory() as folder, LocalSandbox() as sandbox:
        started = time.perf_counter()
        sandbox.start([question.runtime_of("torch")])
        ready = time.perf_counter()
        ended = ready

        def finished(_: object) -> None:
            nonlocal ended
            ended = time.perf_counter()

        store = Store(Path(folder) / "store.sqlite3")
        settings = Settings(seed=SEED, jobs=1)
        bank = {question.id: question}
        results = grade_submissions(submissions, bank, sandbox, store, settings, lambda *_: None, finished)
        store.close()
    require_full_marks([criterion for result in results for criterion in result.questions[0].criteria])
    return ready - started, ended - ready, cpu_seconds() - before


def pytest_process(question: Question, code: bytes) -> Cost:
    """The same rubric and cases, with rubric, reference and answer in a pytest process of its own for each answer."""
    with tempfile.NamedTemporaryFile(suffix=".py") as answer:
        answer.write(code)
        answer.flush()
        here = {"PYTHONPATH": str(HERE), "BENCH_QUESTION": question.id, "BENCH_ANSWER": answer.name}
        here["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # grader's own among them
        command = [sys.executable, "-m", "pytest", "-q", "-p", "one_process", "-c", os.devnull, str(question.rubric)]
        before, started = cpu_seconds(), time.perf_counter()
        for _ in range(PYTEST_PROCESSES):
            done = subprocess.run(command, env=os.environ | here, capture_output=True, text=True, check=False)
            if done.returncode:
                raise SystemExit(f"the reference does not pass in one pytest process:\n{done.stdout}{done.stderr}")
        wall, cpu = time.perf_counter() - started, cpu_seconds() - before
    return Cost(wall / PYTEST_PROCESSES * 1e3, cpu / PYTEST_PROCESSES * 1e3)


def bare_floor(codes: list[bytes], calls: list[dict[str, Any]]) -> Cost:
    """Fork a warm parent, load the answer, make the calls, send the results back, end."""
    done = subprocess.run(
        [sys.executable, str(HERE / "floor.py")],
        input=wire.pack({"answers": codes, "calls": calls}),
        stdout=subprocess.PIPE,
        check=True,
    )
    wall, cpu = map(float, done.stdout.split())
    return Cost(wall * 1e3, cpu * 1e3)


def record(question: Question) -> Grading:
    """Grade the reference once, and note every message to its workers."""
    found: list[Sequence[CriterionResult]] = []
    with Recorder() as recorder:
        source = Source({"answer.py": question.reference_source("torch")}, "answer.py", "torch")
        grade(recorder, question, "torch", [Job(source)], SEED, {}, lambda _, graded: found.append(graded.criteria))
    require_full_marks(found[0])
    loads = [messages for messages in recorder.workers if messages[0]["main"] == "answer.py"]
    calls = [message for messages in loads for message in messages[1:]]
    for message in calls:
        if message["op"] not in ("call", "gradients") or wire.has_ref(message):
            raise SystemExit(f"{question.id}: its calls are not plain; choose another --question")
    return Grading(found[0], len(loads), calls)


class Recorder(LocalSandbox):
    """A sandbox that notes the messages to each of its workers."""

    def __init__(self) -> None:
        super().__init__()
        self.workers: list[list[dict[str, Any]]] = []

    def open(self, runtime: Runtime, limits: Limits) -> FramedWorker:
        worker = super().open(runtime, limits)
        messages: list[dict[str, Any]] = []
        self.workers.append(messages)
        send = worker.send

        def note(message: Any, seconds: float) -> None:
            messages.append(message)
            send(message, seconds)

        worker.send = note  # type: ignore[method-assign]
        return worker


def require_full_marks(criteria: Sequence[CriterionResult]) -> None:
    lost = [criterion for criterion in criteria if criterion.earned < criterion.points]
    if lost:
        raise SystemExit(f"the reference loses points in {lost[0].name}: {lost[0].cases}")


def cpu_seconds() -> float:
    """User and system time of this process and of all that it has waited for."""
    return sum(os.times()[:4])


if __name__ == "__main__":
    main()
