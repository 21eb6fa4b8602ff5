"""How often a right answer fails, and how often a wrong one is not caught: answers graded under many run seeds.

    python benchmarks/repeat_study.py [ID...] [--seeds 200] [--first 0] [--framework F]
    python benchmarks/repeat_study.py [ID...] --seeds 20 --known

Prints a line for each question and framework: the runs, the least score, the seconds of a run, and which cases failed
with which seed; on stderr, how far it is. `grader check --repeats N` does so beside all else that it does. With --known
the bank's other right answers and its wrong ones are graded in place of the references: under every seed the right ones
must earn everything, and each wrong one must lose what its header names, and no more.
"""

from __future__ import annotations

import sys
from collections import defaultdict

from studies import arguments, chosen, seeds

from grader.authoring.answers import Known, answers_findings, check_repeats, known_answers, name_of
from grader.authoring.one_worker import OneWorker
from grader.bank import Question
from grader.grading import grade
from grader.pytest_plugin import Job
from grader.scoring import Graded
from sandbox.local import LocalSandbox

_CHUNK = 20
"""Runs that share one worker at most: it is to stay small."""


def main() -> None:
    parser = arguments(__doc__, seeds=200)
    parser.add_argument("--known", action="store_true", help="the bank's other known answers, right and wrong")
    options = parser.parse_args()
    with LocalSandbox(spares=1) as sandbox:
        for question, framework in chosen(options):
            of = study_known if options.known else study
            print(of(sandbox, question, framework, seeds(options)), flush=True)


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


def study_known(sandbox: LocalSandbox, question: Question, framework: str, run_seeds: range) -> str:
    answers = known_answers(question, framework)
    runs = [(answer, seed) for answer in answers for seed in run_seeds]
    faults: defaultdict[tuple[str, str], list[int]] = defaultdict(list)

    def finished(index: int, graded: Graded) -> None:
        answer, seed = runs[index]
        (finding,) = answers_findings(question, framework, [Known(name_of(answer), answer, graded, ())])
        for fault in finding.faults:
            what = fault.split(":")[0]  # the numbers in what follows are the seed's
            faults[finding.name, what].append(seed)
        print(f"{question.id} {framework}: {index + 1} of {len(runs)} runs", file=sys.stderr, flush=True)

    jobs = [Job(answer.source, session=OneWorker, seed=seed) for answer, seed in runs]
    grade(sandbox, question, framework, jobs, 0, {}, finished)
    said = "; ".join(
        f"{name}: {what} in {len(found)}, first with --seed {found[0]}" for (name, what), found in faults.items()
    )
    return f"| `{question.id}` | {framework} | {len(answers)} | {len(run_seeds)} | {said or 'none'} |"


if __name__ == "__main__":
    main()
