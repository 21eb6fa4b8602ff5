"""Which rules of the policy refuse real model code, and whether they are right to. See results/policy_study.md.

    .venv/bin/python benchmarks/policy_study.py [FOLDER...]

What is screened is chosen beforehand, by rule. Of the installed packages: every file of the folders that hold models,
layers, optimizers, losses and distributions. Of each FOLDER, a package that was unpacked: the files that are shaped
like an answer, which import an array framework and define a class with a method that computes or learns. Tests and
examples are left out. The status is 1 where a refusal is needless.
"""

from __future__ import annotations

import argparse
import ast
import sys
import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from grader.policy import Finding, screen

INSTALLED = {
    "transformers": ["models/*/modeling_*.py"],
    "keras": [
        f"src/{folder}/**/*.py"
        for folder in (
            *("activations", "applications", "initializers", "layers", "losses", "metrics", "models", "optimizers"),
            *("regularizers", "constraints"),
        )
    ],
    "torch": [f"{folder}/*.py" for folder in ("nn", "nn/modules", "nn/utils", "optim", "distributions")],
}
FRAMEWORKS = {"jax", "keras", "numpy", "tensorflow", "torch"}
METHODS = {"__call__", "act", "call", "forward", "learn", "predict", "sample", "step", "train_step", "training_step"}

JUDGED: Mapping[tuple[str, str], str] = {
    ("fabric/utilities/distributed.py", "controls-process"): "ignores signals while it takes down a process group",
    ("connectors/signal_connector.py", "controls-process"): "requeues a cluster's job when a signal arrives",
    ("connectors/signal_connector.py", "starts-process"): "runs the cluster's `scontrol`",
    ("parallel_py_environment.py", "controls-process"): "ends its processes at exit",
    ("_deprecation_utils.py", "dynamic-code"): "imports a module by a name that it is given, for old pickles",
    ("modular_pipeline.py", "dynamic-code"): "imports libraries by names in a downloaded configuration",
    ("/cli.py", "dynamic-code"): "imports a class by its path from a configuration file",
    ("lora/tp_layer.py", "dynamic-code"): "imports a library by a name in a configuration",
    ("pytorch_tabnet/abstract_model.py", "dynamic-code"): "runs `exec` on a formatted string where `setattr` is meant",
    ("maxvit/modeling/layers.py", "dynamic-code"): "runs `eval` on a configuration's text",
    ("nn/sequential.py", "frame-access"): "looks up the stack for its caller",
    ("nn/sequential.py", "grading-engine"): "takes over all names of the main module",
    ("boft/layer.py", "native-code"): "compiles a CUDA extension",
    ("pytorch_tabnet/metrics.py", "object-walk"): "asks for `__subclasses__`, which `__init_subclass__` makes needless",
    ("loader/mixin.py", "starts-process"): "looks how worker processes are started",
    ("loader/mixin.py", "system-path"): "reads the machine's memory nodes, to bind processes to cores",
}
"""The refusals that are right: part of the path and rule, to what the file does that no answer needs. A refusal that is
not here counts as needless."""


@dataclass(frozen=True)
class Screened:
    """One file: its package, its name in the report, and what the policy found in it."""

    package: str
    file: str
    findings: tuple[Finding, ...]

    def refusals(self) -> dict[str, Finding]:
        """The first blocking finding of each rule."""
        found: dict[str, Finding] = {}
        for finding in self.findings:
            if finding.blocking:
                found.setdefault(finding.rule, finding)
        return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, help="packages unpacked beside one another")
    options = parser.parse_args()
    screened = [*installed(), *(file for folder in options.folders for file in unpacked(folder))]
    needless = report(screened)
    sys.exit(1 if needless else 0)


def installed() -> Iterator[Screened]:
    for package, patterns in INSTALLED.items():
        spec = find_spec(package)
        assert spec and spec.origin, f"{package} is not installed"
        root = Path(spec.origin).parent
        for path in sorted({path for pattern in patterns for path in root.glob(pattern)}):
            if not is_test(path.relative_to(root)):
                yield screened(f"{package} {metadata.version(package)}", path, root.parent)


def unpacked(folder: Path) -> Iterator[Screened]:
    for path in sorted(folder.rglob("*.py")):
        if not is_test(path.relative_to(folder)) and is_shaped_like_an_answer(path.read_bytes()):
            yield screened(" ".join(folder.name.rsplit("-", 1)), path, folder)


def screened(package: str, path: Path, root: Path) -> Screened:
    name = str(path.relative_to(root))
    return Screened(package, name, screen(path.read_bytes(), name))


def is_test(path: Path) -> bool:
    return any(part.startswith(("test", "example")) or part.endswith("_test.py") for part in path.parts)


def is_shaped_like_an_answer(source: bytes) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError):
            return False
    imported, methods = set(), set()
    for node in ast.walk(tree):
        match node:
            case ast.Import():
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            case ast.ImportFrom(module=str(module), level=0):
                imported.add(module.partition(".")[0])
            case ast.ClassDef():
                methods |= {part.name for part in node.body if isinstance(part, ast.FunctionDef)}
    return bool(imported & FRAMEWORKS and methods & METHODS)


def report(files: list[Screened]) -> int:
    """Print the tables; return how many refusals are needless."""
    by_package: dict[str, list[Screened]] = defaultdict(list)
    by_rule: dict[str, list[tuple[Finding, str | None]]] = defaultdict(list)
    for file in files:
        by_package[file.package].append(file)
        for rule, finding in file.refusals().items():
            by_rule[rule].append((finding, judgement(file.file, rule)))
    refused = sum(bool(file.refusals()) for file in files)
    needless = sum(why is None for found in by_rule.values() for _, why in found)
    print(f"{len(files)} files of {len(by_package)} packages, {refused} refused, {needless} of them needlessly.\n")
    print("| package | files | refused |\n| --- | --- | --- |")
    for package, group in sorted(by_package.items()):
        print(f"| {package} | {len(group)} | {sum(bool(file.refusals()) for file in group)} |")
    print("\n| rule | files | example | what it says |\n| --- | --- | --- | --- |")
    for rule, found in sorted(by_rule.items(), key=lambda item: -len(item[1])):
        first = found[0][0]
        print(f"| {rule} | {len(found)} | {first.file}:{first.line} | {first.message} |")
    print("\n| refused | rule | right, since the file … |\n| --- | --- | --- |")
    for rule, found in sorted(by_rule.items()):
        for finding, why in found:
            print(f"| {finding.file}:{finding.line} | {rule} | {why or 'NEEDLESS'} |")
    remarks = {f.rule for file in files for f in file.findings if not f.blocking}
    print("\n| remark | files |\n| --- | --- |")
    for rule in sorted(remarks):
        print(f"| {rule} | {sum(any(f.rule == rule for f in file.findings) for file in files)} |")
    return needless


def judgement(file: str, rule: str) -> str | None:
    return next((why for (part, judged), why in JUDGED.items() if judged == rule and part in file), None)


if __name__ == "__main__":
    main()
