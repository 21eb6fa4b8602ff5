"""The GPU path on a machine that has a GPU: what it costs, and what it lets through. Prints Markdown, to be kept in
benchmarks/results/.

    python benchmarks/gpu.py [--answers 5]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from grader.bank import load_bank
from grader.doctor import attacks
from grader.grading import grade
from grader.pytest_plugin import Job
from grader.reference import reference_source
from grader.scoring import Graded
from sandbox.base import MemoryExceeded, Runtime, Sandbox, SandboxUnavailable, Worker
from sandbox.gpu import GpuSandbox, gpus
from sandbox.limits import Limits
from sandbox.local import LocalSandbox

TORCH, SECONDS, SEED = Runtime("torch"), 60.0, 1
INPUT = np.ones((64, 64), np.float32)
COMPUTE = "import torch\ndef f(x): return torch.softmax(x @ x, -1)"
LEAVE = "import torch\ndef f(x):\n    y = torch.full((1 << 28,), 7, dtype=torch.int32)\n    return y.sum().item()"
LOOK = "import torch\ndef f(x): return int((torch.empty(1 << 28, dtype=torch.int32) == 7).sum())"
TAKE = "import torch\ndef f(x):\n    kept = torch.zeros(4 << 30, dtype=torch.uint8)\n    while True: pass"
FAULT = "import torch\ndef f(x):\n    torch.zeros(4)[torch.tensor([10**9])] = 1\n    torch.cuda.synchronize()"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answers", type=int, default=5)
    count = parser.parse_args().answers
    try:
        cards = gpus()
    except SandboxUnavailable as error:
        sys.exit(str(error))
    print("# The GPU path\n")
    print("; ".join(f"{card.name}, {card.memory_mb} MiB" for card in cards) + "\n")
    with GpuSandbox(LocalSandbox(), cards) as sandbox:
        print(f"- ready, checks included: {_seconds(lambda: sandbox.start([TORCH])):.1f} s")
        for line in (*_costs(sandbox, count), *_promises(sandbox), *_references(sandbox)):
            print(f"- {line}", flush=True)


def _costs(sandbox: GpuSandbox, count: int) -> Iterator[str]:
    for name, place in (("CPU", sandbox.on_cpu), ("GPU", sandbox)):
        spent = [_seconds(lambda place=place: _ask(place, COMPUTE)) for _ in range(count)]
        yield f"one small answer on the {name}, from hand-off to result: {statistics.median(spent) * 1e3:.0f} ms"


def _promises(sandbox: GpuSandbox) -> Iterator[str]:
    _ask(sandbox, LEAVE)
    yield f"numbers of a neighbour's that an answer finds in 1 GiB of fresh memory: {_ask(sandbox, LOOK)['value']}"
    try:
        yield f"4 GiB taken where 1 GiB is allowed: {_ask(sandbox, TAKE, 1024)}"
    except MemoryExceeded as error:
        yield f"4 GiB taken where 1 GiB is allowed: {error}"
    cell = sandbox.cell(TORCH, Limits(memory_mb=512))
    reply = _call(cell.open(), FAULT)
    yield f"an access out of bounds: {reply['error']['kind']} error; the GPU then: {cell.fault() or 'well'}"
    for finding in attacks(cell, "on the GPU, an answer that tries to"):
        yield f"{finding.what}: {finding.says}"
    cell.close()


def _references(sandbox: GpuSandbox) -> Iterator[str]:
    for question in load_bank().values():
        if "torch" in question.gpu:
            results: list[Graded] = []
            job = Job(reference_source(question, "torch"), again=True)
            spent = _seconds(
                lambda q=question, j=job, r=results: grade(sandbox, q, "torch", [j], SEED, {}, lambda _, g: r.append(g))
            )
            yield f"the reference to {question.id}: {results[0].score:g} points in {spent:.1f} s"


def _ask(sandbox: Sandbox, source: str, gpu_memory_mb: int = 4096) -> Any:
    cell = sandbox.cell(TORCH, Limits(gpu_memory_mb=gpu_memory_mb))
    try:
        return _call(cell.open(), source)
    finally:
        cell.close()


def _call(worker: Worker, source: str) -> Any:
    load = {"op": "load", "files": {"a.py": source.encode()}, "main": "a.py", "support": {}, "seed": SEED}
    try:
        for message in (load, {"op": "call", "name": "f", "args": [INPUT], "kwargs": {}}):
            worker.send(message, SECONDS)
            reply = worker.receive(SECONDS)
        return reply
    finally:
        worker.close()


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
