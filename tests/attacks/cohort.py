"""Grade a cohort as a real run does, in a process of its own: ``cohort.py SANDBOX POLICY FOLDER SEED LIFELINE``.

It waits for a line on standard input, reads the submissions in ``FOLDER/cohort``, and writes each result to
``FOLDER/results.jsonl`` as soon as it is there. Nothing else is to appear on its standard output and error. It ends
with whoever holds the other end of the pipe LIFELINE, a descriptor.
"""

from __future__ import annotations

import os
import resource
import sys
import threading
from pathlib import Path

from grader.bank import load_bank
from grader.report import SubmissionResult
from grader.run import Settings, grade_submissions
from grader.store import Store
from grader.submission import read_paths
from tests.attacks.sandboxes import make_sandbox
from tests.attacks.targets import BANK

JOBS = 2
_MEMORY = 3 << 30  # of each process: the machine is to survive an attack that succeeds


def _end_with(lifeline: int) -> None:
    os.read(lifeline, 1)
    os._exit(1)


def main(sandbox: str, policy: str, folder: Path, seed: int, lifeline: int) -> None:
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()
    sys.stdin.readline()
    resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))
    bank = load_bank(BANK / "rubrics", BANK / "reference")
    submissions = read_paths([folder / "cohort"], list(bank.values()))
    store = Store(folder / "store.sqlite3")
    settings = Settings(seed=seed, jobs=JOBS, use_cache=False, policy=policy == "on")
    with open(folder / "results.jsonl", "w") as results, make_sandbox(sandbox) as opened:

        def finished(result: SubmissionResult) -> None:
            print(result.model_dump_json(), file=results, flush=True)

        grade_submissions(submissions, bank, opened, store, settings, lambda *_: None, finished)
    store.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]))
