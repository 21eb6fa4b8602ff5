"""How often a right answer fails: each reference graded under many run seeds.

    python benchmarks/repeat_study.py [ID...] [--seeds 200] [--first 0] [--framework F]

Prints a line for each question and framework: the runs, the least score, the seconds of a run, and which cases failed
with which seed; on stderr, how far it is. `grader check --repeats N` does so beside all else that it does.
"""

from __future__ import annotations

import sys

from studies import arguments, chosen, seeds

from grader.authoring.answers import check_repeats
from grader.bank import Question
from sandbox.local import LocalSandbox

_CHUNK = 20
"""Runs that share one worker at most: it is to stay small."""


def main() -> None:
    options = arguments(__doc__, seeds=200).parse_args()
    with LocalSandbox(spares=1) as sandbox:
        for question, framework in chosen(options):
            print(study(sandbox, question, framework, seeds(options)), flush=True)


def study(sandbox: LocalSandbox, question: Question, framework: str, run_seeds: range) -> str:
    found, runs = [], len(run_seeds)
    for start in range(0, runs, _CHUNK):
        chunk = run_seeds[start : start + _CHUNK]
        found.append(check_repeats(sandbox, question, framework, chunk.start, len(chunk)))
        print(f"{question.id} {framework}: {start + len(chunk)} of {runs} seeds", file=sys.stderr, flush=True)
    score = min(finding.score or 0.0 for finding in found)
    seconds = sum(finding.seconds or 0.0 for finding in found) / runs
    faults = "; ".join(fault for finding in found for fault in finding.faults)
    return f"| `{question.id}` | {framework} | {runs} | {score:g} | {seconds:.2f} | {faults or 'none'} |"


if __name__ == "__main__":
    main()
