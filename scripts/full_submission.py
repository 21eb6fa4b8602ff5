"""A submission of the references: every question of the bank, in every framework that it is asked in.

    python scripts/full_submission.py FOLDER

`make full` grades it in both sandboxes: it must earn all points.
"""

from __future__ import annotations

import sys
from pathlib import Path

from grader.bank import load_bank


def write_submission(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for question in load_bank().values():
        for framework in question.frameworks:
            path = folder / f"q{question.number:02}_{framework}.py"
            path.write_bytes(question.reference_source(framework))


if __name__ == "__main__":
    write_submission(Path(sys.argv[1]))
