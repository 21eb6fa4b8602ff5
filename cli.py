"""The `grader` command: it parses, calls `grader/`, and prints."""

from __future__ import annotations

import sys

import click
from rich.console import Console

from grader import __version__
from grader.authoring.check import check_question
from grader.bank import find_question, load_bank
from grader.errors import GraderError, UsageError
from sandbox.base import SandboxError
from sandbox.local import LocalSandbox

console = Console(highlight=False, soft_wrap=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Grade machine-learning code answers: each runs behind a wall, against a reference and a rubric."""


@main.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--seed", default=0, show_default=True, help="The run seed: it decides every hidden input.")
def check(ids: tuple[str, ...], seed: int) -> None:
    """Prove the rubrics of the questions ID (all, where none is given).

    The reference must earn 100 in every framework, and every wrong answer must lose the criteria that its header
    names, and no other. The exit status is 1 where one falls short.
    """
    bank = load_bank()
    questions = [find_question(bank, name) for name in ids] or list(bank.values())
    short = False
    with LocalSandbox() as sandbox:
        for question in questions:
            for finding in check_question(sandbox, question, seed):
                short |= bool(finding.faults)
                mark = "[red]✗[/]" if finding.faults else "[green]✓[/]"
                console.print(
                    f"{mark} {finding.question} {finding.framework:10} {finding.name:32} {finding.score:6.1f} {finding.seconds:7.2f} s"
                )
                for fault in finding.faults:
                    console.print(f"    {fault}", markup=False)
    sys.exit(1 if short else 0)


def run() -> None:
    """The entry point: an error that has a sentence is printed as that sentence."""
    try:
        main()
    except UsageError as error:
        click.echo(f"grader: {error}", err=True)
        sys.exit(2)
    except (GraderError, SandboxError) as error:
        click.echo(f"grader: {error}", err=True)
        sys.exit(3)


if __name__ == "__main__":
    run()
