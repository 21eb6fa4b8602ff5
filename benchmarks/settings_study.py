"""Whether a rubric that trains answers accepts the usual settings, or those of its author alone.

    python benchmarks/settings_study.py [ID...] [--seeds 3] [--framework torch]

Each reference that names its learning rate or its batch size is graded with the usual values in their place. Prints,
for each pair of them, the points under each run seed, and the cases that were lost.
"""

from __future__ import annotations

import ast
from collections import Counter
from itertools import product

from studies import arguments, chosen, seeds

from grader.bank import Question
from grader.grading import grade
from grader.pytest_plugin import Job
from grader.reference import reference_source
from grader.scoring import Graded
from grader.source import Source
from grader.verdicts import Verdict
from sandbox.local import LocalSandbox

USUAL = {"LEARNING_RATE": (1e-3, 3e-3, 1e-2), "BATCH": (16, 32, 64)}


def main() -> None:
    options = arguments(__doc__, seeds=3).parse_args()
    with LocalSandbox() as sandbox:
        for question, framework in chosen(options):
            study(sandbox, question, framework, seeds(options))


def study(sandbox: LocalSandbox, question: Question, framework: str, run_seeds: range) -> None:
    reference = reference_source(question, framework)
    text = reference.files[reference.main].decode()
    usual = usual_of(text)
    for values in product(*usual.values()) if usual else ():
        settings = dict(zip(usual, values, strict=True))
        source = Source({reference.main: with_settings(text, settings).encode()}, reference.main, framework)
        results: dict[int, Graded] = {}
        jobs = [Job(source, seed=seed) for seed in run_seeds]
        grade(sandbox, question, framework, jobs, 0, {}, results.__setitem__)
        cases = (case for graded in results.values() for c in graded.criteria for case in c.cases)
        lost = Counter(case.name for case in cases if case.verdict is not Verdict.PASSED)
        shown = ", ".join(f"{name} {value:g}" for name, value in settings.items())
        points = " ".join(f"{results[i].score:g}" for i in range(len(jobs)))
        losses = "".join(f"  {count} × {name}" for name, count in lost.items())
        print(f"{question.id} {framework:10} {shown:36} {points}{losses}", flush=True)


def usual_of(text: str) -> dict[str, tuple[float, ...]]:
    """Those of `USUAL` that the reference names."""
    names = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    return {name: values for name, values in USUAL.items() if name in names}


def with_settings(text: str, chosen: dict[str, float]) -> str:
    """The reference's code with other values for its constants."""
    tree = ast.parse(text)
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
                for i, target in enumerate(targets):
                    if isinstance(target, ast.Name) and target.id in chosen:
                        values[i] = ast.Constant(chosen[target.id])
            case ast.Assign(targets=[ast.Name(id=name)]) if name in chosen:
                node.value = ast.Constant(chosen[name])
    return ast.unparse(ast.fix_missing_locations(tree))


if __name__ == "__main__":
    main()
