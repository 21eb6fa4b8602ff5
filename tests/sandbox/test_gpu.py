"""GPUs: what is decided about them on the trusted side, on a machine without one too. The last tests need one."""

import os
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import sandbox.gpu as gpu_module
from grader.bank import load_bank
from grader.grading import grade
from grader.pytest_plugin import Job
from grader.source import Source
from sandbox.base import MemoryExceeded, Runtime, SandboxError, SandboxUnavailable
from sandbox.gpu import Gpu, GpuSandbox, Lease, Meter, gpus
from sandbox.limits import Limits
from sandbox.local import LocalSandbox
from sandbox.wall import Wall

ROOT = Path(__file__).parent.parent.parent
TORCH, SECONDS = Runtime("torch"), 60.0
CARD = Gpu("GPU-0", "a card that is not there", 1024, "/dev/null")
CHECK_ON_CPU = b"def overwrite(): return 0\ndef product(x, y): return x @ y\n"


def have_gpus():
    try:
        return bool(gpus())
    except SandboxUnavailable:
        return False


needs_a_gpu = pytest.mark.skipif(not have_gpus(), reason="there is no GPU here")
needs_none = pytest.mark.skipif(have_gpus(), reason="there is a GPU here")


# ---------------------------------------------------------------------------------------------- what is handed out


@needs_none
def test_without_a_gpu_one_sentence_says_what_to_do():
    with pytest.raises(SandboxUnavailable, match=r"no GPU can be used \(.*\): install .*, or use --device cpu"):
        gpus()


def test_a_name_is_leased_to_one_at_a_time():
    first = Lease.take(["test-a", "test-b"])
    second = Lease.take(["test-a", "test-b"])
    assert [first.name, second.name] == ["test-a", "test-b"]
    with pytest.raises(SandboxError, match="no GPU of 2 was free"):
        Lease.take(["test-a", "test-b"], seconds=0)
    second.end()
    again = Lease.take(["test-a", "test-b"], seconds=0)
    assert again.name == "test-b"
    again.end()
    first.end()


def test_a_lease_waits_for_its_turn():
    first, got = Lease.take(["test-turn"]), []
    waiting = threading.Thread(target=lambda: got.append(Lease.take(["test-turn"], SECONDS)))
    waiting.start()
    assert not got
    first.end()
    waiting.join(SECONDS)
    assert got[0].name == "test-turn"
    got[0].end()


def test_a_lease_ends_with_its_process():
    program = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); from sandbox.gpu import Lease; "
        "kept = Lease.take(['test-process']); print('taken', flush=True); input()"
    )
    holder = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with holder:
        assert holder.stdout.readline() == b"taken\n"
        with pytest.raises(SandboxError, match="was free"):
            Lease.take(["test-process"], seconds=0)
        holder.kill()
    Lease.take(["test-process"], seconds=SECONDS).end()


# ------------------------------------------------------------------------------------------------------ the meter


@pytest.fixture
def driver_says(tmp_path, monkeypatch):
    """A stand-in for the driver's own program."""

    def say(script):
        program = tmp_path / "nvidia-smi"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    return say


def test_the_meter_gives_the_last_measurement(driver_says):
    driver_says("echo 17; echo 512; printf 9; exec sleep 600")  # the last line is not whole yet
    meter, used = Meter(CARD.uuid), 0
    try:
        while not used:
            used = meter.used_mb()
        assert used == meter.used_mb() == 512
    finally:
        meter.close()


def test_a_driver_that_cannot_tell_is_our_failure(driver_says):
    driver_says("echo '[N/A]'; exec sleep 600")
    meter = Meter(CARD.uuid)
    try:
        with pytest.raises(SandboxError, match=r"gives no size .*\[N/A\]"):
            while True:
                meter.used_mb()
    finally:
        meter.close()


def test_a_meter_that_has_ended_is_our_failure(driver_says):
    driver_says("exit 1")
    meter = Meter(CARD.uuid)
    meter._process.wait()
    with pytest.raises(SandboxError, match="measured no more"):
        meter.used_mb()


def test_without_the_drivers_program_no_worker_is_served(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxUnavailable, match="nvidia-smi"):
        Meter(CARD.uuid)


# ------------------------------------------------------------------------------------------ the opening in the wall

ATTEMPTS = {
    "a file without a name": ("os.memfd_create('x')", "done"),
    "a request to a device of its own": ("fcntl.ioctl(open('/dev/null'), 0xC020462A)", "ENOTTY"),
    "its threads' names": ("open(f'/proc/self/task/{threading.get_native_id()}/comm', 'w').write('x')", "done"),
    "another device": ("open('/dev/full', 'r+b')", "EACCES"),
    "the user's files": ("open('/etc/passwd')", "EACCES"),
    "another process's threads": ("open(f'/proc/{os.getppid()}/comm', 'w')", "EACCES"),
    "a process": ("os.fork()", "EPERM"),
    "a network": ("socket.socket()", "EPERM"),
    "a terminal's input": ("fcntl.ioctl(open('/dev/null'), 0x5412)", "EPERM"),
    "memory that others share": ("mmap.mmap(-1, 4096)", "EPERM"),
}


@pytest.fixture(scope="module")
def behind_the_wall(tmp_path_factory):
    """What each attempt gives in a process whose wall has an opening for CUDA on the device /dev/null."""
    program = f"""
import sys; sys.path.insert(0, {str(ROOT)!r})
import errno, fcntl, mmap, os, socket, threading
from sandbox.wall import Wall
Wall.build([], devices=["/dev/null"]).shut_in({str(tmp_path_factory.mktemp("scratch"))!r})
for attempt in {[attempt for attempt, _ in ATTEMPTS.values()]!r}:
    try:
        eval(attempt)
        print("done")
    except OSError as error:
        print(errno.errorcode[error.errno])
"""
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    return dict(zip(ATTEMPTS, said, strict=True))


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_the_opening_for_cuda_is_no_wider_than_it_needs(behind_the_wall, attempt):
    assert behind_the_wall[attempt] == ATTEMPTS[attempt][1]


def test_a_wall_without_gpu_has_no_such_opening():
    assert Wall.build([]).filter != Wall.build([], devices=["/dev/null"]).filter


@needs_none
def test_a_card_that_cuda_cannot_use_behind_the_wall_is_refused(driver_says, monkeypatch):
    driver_says("exec sleep 600")
    monkeypatch.setattr(gpu_module, "gpus", lambda: (CARD,))
    with GpuSandbox(LocalSandbox(), [CARD]) as opened:
        with pytest.raises(SandboxUnavailable, match=r"no GPU computes as it should: GPU-0: .*CUDA"):
            opened.start([TORCH])
        with pytest.raises(SandboxError, match="no GPU computes as it should"):
            opened.cell(TORCH, Limits())


# -------------------------------------------------------------------------- whose error it is, and who is where


class OnCpu(LocalSandbox):
    """The local sandbox with a card that is the CPU in truth; remembers what was opened where."""

    def __init__(self):
        super().__init__()
        self.opened = []

    def start(self, runtimes):
        super().start([replace(runtime, gpu="") for runtime in runtimes])

    def channel(self, runtime, limits):
        self.opened.append(runtime.gpu)
        return super().channel(replace(runtime, gpu=""), limits)


@pytest.fixture(scope="module")
def on_cpu():
    with OnCpu() as opened:
        yield opened


@pytest.fixture
def cards(on_cpu, monkeypatch):
    monkeypatch.setattr(gpu_module, "_CHECK", CHECK_ON_CPU)
    on_cpu.opened.clear()
    return GpuSandbox(on_cpu, [replace(CARD, uuid=f"test-{os.getpid()}")])


@pytest.fixture(scope="module")
def question():
    return load_bank()["positional-encoding"]


FAULT = "\n\ndef positional_encoding(*a, **k):\n    raise RuntimeError('CUDA error: an illegal address')\n"


def grade_answer(sandbox, question, extra="", again=False):
    source = question.reference_source("torch") + extra.encode()
    job, results = Job(Source({"answer.py": source}, "answer.py", "torch"), again=again), []
    grade(sandbox, question, "torch", [job], 5, {}, lambda _, graded: results.append(graded))
    return results[0]


def verdicts(graded):
    return {case.verdict.value for criterion in graded.criteria for case in criterion.cases}


def test_the_answer_has_the_card_and_the_reference_has_not(cards, question):
    assert grade_answer(cards, question).score == 100
    check, *opened = cards.on_cpu.opened
    assert check
    assert set(opened) == {"", check}


def test_answers_to_a_question_that_takes_none_stay_on_the_cpu(cards, question):
    assert grade_answer(cards, question.model_copy(update={"gpu": ()})).score == 100
    assert set(cards.on_cpu.opened) == {""}


def test_an_error_of_the_card_is_ours_at_first(cards, question):
    graded = grade_answer(cards, question, FAULT)
    assert graded.has_grader_error
    assert "runtime_error" not in verdicts(graded)


def test_the_second_time_it_is_the_answers(cards, question):
    graded = grade_answer(cards, question, FAULT, again=True)
    assert not graded.has_grader_error
    assert "runtime_error" in verdicts(graded)


def test_unless_the_card_is_ill(cards, question, monkeypatch):
    checks = iter([""])  # well before the answer, ill from then on
    monkeypatch.setattr(GpuSandbox, "_fault", lambda *_: next(checks, "it multiplies wrongly"))
    graded = grade_answer(cards, question, FAULT, again=True)
    assert graded.has_grader_error
    assert "runtime_error" not in verdicts(graded)


def test_on_the_cpu_such_an_error_is_always_the_answers(sandbox, question):
    graded = grade_answer(sandbox, question, FAULT)
    assert not graded.has_grader_error
    assert "runtime_error" in verdicts(graded)


def test_a_card_that_multiplies_wrongly_is_not_used(cards, monkeypatch):
    monkeypatch.setattr(gpu_module, "_CHECK", CHECK_ON_CPU.replace(b"x @ y", b"x @ y + 1"))
    with pytest.raises(SandboxUnavailable, match="it multiplies wrongly"):
        cards.start([TORCH])


# --------------------------------------------------------------------------------------------------- on a real one


@pytest.fixture(scope="module")
def real():
    with GpuSandbox(LocalSandbox(), gpus()) as opened:
        opened.start([TORCH])
        yield opened


def ask(worker, source, name, *arguments):
    files = {"answer.py": source.encode()}
    worker.send({"op": "load", "files": files, "main": "answer.py", "support": {}, "seed": 1}, SECONDS)
    assert worker.receive(SECONDS) == {"value": None}
    worker.send({"op": "call", "name": name, "args": list(arguments), "kwargs": {}}, SECONDS)
    return worker.receive(SECONDS)


@needs_a_gpu
def test_an_answer_computes_on_the_gpu(real):
    cell = real.cell(TORCH, Limits())
    worker = cell.open()
    found = ask(
        worker, "import torch\ndef f(x): return [x @ x, str(x.device), str(torch.ones(1).device)]", "f", np.eye(3)
    )
    worker.close()
    cell.close()
    assert np.array_equal(found["value"][0], np.eye(3))
    assert found["value"][1:] == ["cuda:0", "cuda:0"]


@needs_a_gpu
def test_an_answer_finds_nothing_of_its_neighbours_in_the_memory(real):
    leave = "import torch\ndef f(): x = torch.full((1 << 28,), 7, dtype=torch.int32); torch.cuda.synchronize()"
    look = "import torch\ndef f(): return int((torch.empty(1 << 28, dtype=torch.int32) == 7).sum())"
    for source, expected in ((leave, None), (look, 0)):
        cell = real.cell(TORCH, Limits())
        worker = cell.open()
        assert ask(worker, source, "f") == {"value": expected}
        worker.close()
        cell.close()


@needs_a_gpu
def test_an_answer_that_takes_more_memory_than_allowed_is_ended(real):
    cell = real.cell(TORCH, Limits(gpu_memory_mb=1024))
    worker = cell.open()
    take = "import torch\ndef f():\n    kept = torch.zeros(4 << 30, dtype=torch.uint8)\n    while True: pass"
    with pytest.raises(MemoryExceeded, match="1024 MiB of the GPU"):
        ask(worker, take, "f")
    cell.close()


@needs_a_gpu
def test_a_fault_that_an_answer_causes_leaves_the_gpu_well(real):
    cell = real.cell(TORCH, Limits())
    worker = cell.open()
    fault = "import torch\ndef f():\n    torch.zeros(4)[torch.tensor([10**9])] = 1\n    torch.cuda.synchronize()"
    assert ask(worker, fault, "f")["error"]["kind"] == "device"
    worker.close()
    assert cell.fault() == ""
    cell.close()
