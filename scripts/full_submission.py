"""A cohort of the references: a candidate for each framework, who answers every question asked in it.

    python scripts/full_submission.py FOLDER

`make full` grades it in both sandboxes: each candidate must earn all points.
"""

from __future__ import annotations

import sys
from pathlib import Path

from grader.bank import load_bank


def write_cohort(folder: Path) -> None:
    for question in load_bank().values():
        for framework in question.frameworks:
            path = folder / framework / f"q{question.number:02}_{framework}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(question.reference_source(framework))


if __name__ == "__main__":
    write_cohort(Path(sys.argv[1]))
