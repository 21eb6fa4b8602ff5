"""How often a right answer fails: each reference graded under many run seeds.

    python benchmarks/repeat_study.py [ID...] [--seeds 200] [--framework F]

Prints a line for each question and framework: the runs, the least score, the seconds of a run, and which cases failed
with which seed. `grader check --repeats N` does so beside all else that it does.
"""

from __future__ import annotations

import argparse

from grader.authoring.answers import check_repeats
from grader.bank import find_question, load_bank
from sandbox.local import LocalSandbox

_CHUNK = 20
"""Runs that share one worker: a long study is to show that it goes on, and a worker is to stay small."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    bank = load_bank()
    parser.add_argument("ids", nargs="*", default=list(bank), metavar="ID")
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--framework", action="append")
    options = parser.parse_args()
    with LocalSandbox(spares=1) as sandbox:
        for name in options.ids:
            question = find_question(bank, name)
            for framework in options.framework or question.frameworks:
                if framework not in question.frameworks:
                    continue
                score, faults, seconds = 100.0, [], 0.0
                for first in range(0, options.seeds, _CHUNK):
                    count = min(_CHUNK, options.seeds - first)
                    found = check_repeats(sandbox, question, framework, first, count)
                    score, seconds = min(score, found.score or 0.0), seconds + found.seconds
                    faults += found.faults
                print(
                    f"| `{question.id}` | {framework} | {options.seeds} | {score:g} | {seconds / options.seeds:.2f} | "
                    f"{'; '.join(faults) or 'none'} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
