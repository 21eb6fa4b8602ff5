"""The `grader` command: it parses, calls `grader/`, and prints."""

from __future__ import annotations

import getpass
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from textwrap import indent

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from grader import __version__, doctor, kit, run, runtime
from grader.authoring.check import REPEATS, REPEATS_TRAINING, Settings
from grader.authoring.check import check as prove
from grader.authoring.finding import Finding
from grader.authoring.new import KINDS, new_question
from grader.authoring.stubs import write_stub
from grader.authoring.summary import bank_table
from grader.bank import Question, find_question, load_bank
from grader.errors import GraderError, UsageError
from grader.output import write_whole
from grader.report import (
    FORMATS,
    TERMINAL,
    CohortResult,
    SubmissionResult,
    View,
    compile_report,
    load_report,
    print_cohort,
    print_submission,
    print_tried,
)
from grader.report.phrases import LANGUAGES, Language
from grader.report.text import clean_text, show_points
from grader.review import load_reviewable, recompile, reviewed, reviewed_from_file, with_earlier_reviews, written
from grader.sandboxes import ACCEPTABLE, BACKENDS, DEFAULT, open_sandbox
from grader.scoring import Graded
from grader.store import Store, default_path
from grader.submission import Answer, read_paths
from grader.verdicts import Verdict
from grader.verify import circumstances, differences, submission_of
from sandbox.base import Sandbox, SandboxError, SandboxUnavailable
from sandbox.gpu import LAYER as GPU_LAYER
from sandbox.local import LocalSandbox

_FORMATS = (TERMINAL, *FORMATS)
_LOG_WIDTH = 140


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Grade machine-learning code answers.

    Each answer runs behind a wall, in a process that holds no expected value, no tolerance, no clock and no points;
    its results are compared with a reference's outside.

    \b
    Grade one submission:            grader grade alice/ -o results/
    Grade a folder of submissions:   grader grade cohort/ -o results/
    Gate a pipeline:                 grader grade alice.zip --question 2 --fail-under 60
    See what is asked:               grader questions multi-head-attention --lang zh
    """


def _load_bank(_: click.Context, __: click.Parameter, folders: tuple[Path, ...]) -> dict[str, Question]:
    return load_bank(more=folders)


bank_option = click.option(
    "--bank",
    metavar="DIR",
    multiple=True,
    envvar="GRADER_BANK",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    callback=_load_bank,
    help="A bank of your own, beside the built-in one: a question's folder, or a folder of them (repeatable).  "
    "[env: GRADER_BANK]",
)


view_option = click.option(
    "--view",
    type=click.Choice(["reviewer", "candidate"]),
    default="reviewer",
    show_default=True,
    help="What reports show: a candidate sees no hidden input or expected value.",
)

language_option = click.option(
    "--lang",
    "language",
    type=click.Choice(LANGUAGES),
    default="en",
    show_default=True,
    help="Of the HTML report, which can be switched there, and of the Markdown.",
)


def _formats(_: click.Context, __: click.Parameter, value: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in value.split(",") if name.strip()))
    for name in names:
        if name not in _FORMATS:
            raise click.BadParameter(f"there is no format {name!r}; choose from {', '.join(_FORMATS)}")
    return names


@main.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "directory",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where reports go. A cohort's candidates get a folder each in it.",
)
@click.option(
    "--question",
    "names",
    multiple=True,
    metavar="ID",
    help="Grade this question only (id or number; repeatable). A submission without it gets 0 for it.",
)
@bank_option
@click.option(
    "--sandbox",
    "backend",
    type=click.Choice(BACKENDS),
    default=DEFAULT,
    show_default=True,
    help="The wall. 'docker' puts a container around each answer as well; 'none' runs answers unprotected: only for "
    "your own code.",
)
@click.option(
    "--oci-runtime",
    metavar="NAME",
    default="",
    help="With --sandbox docker: an OCI runtime that the engine has, such as runsc.  [default: the engine's]",
)
@click.option(
    "--without",
    type=click.Choice(ACCEPTABLE),
    multiple=True,
    help="Grade even where this machine lacks this layer of the wall (repeatable). Reports name the layers in force.",
)
@click.option(
    "--engine",
    default="local",
    show_default=True,
    metavar="local|ray[://HOST:PORT]",
    help="Where the work is scheduled.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1),
    default=os.cpu_count() or 1,
    show_default="number of cores",
    help="Answers graded at the same time.",
)
@click.option(
    "--device",
    type=click.Choice(["cpu", "cuda"]),
    default="cpu",
    show_default=True,
    help="What answers compute on. With 'cuda', torch answers to questions that take a GPU have one to themselves, one "
    "answer at a time.",
)
@click.option(
    "--seed",
    type=click.IntRange(0),
    help="The run seed, which decides every hidden input.  [default: one drawn for this machine and kept in the store]",
)
@click.option(
    "--format",
    "formats",
    callback=_formats,
    default="terminal,json,html",
    show_default=True,
    help=f"Comma-separated, of {', '.join(_FORMATS)}. Files need -o.",
)
@view_option
@language_option
@click.option(
    "--fail-under",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help="Exit with status 1 where a submission earns less than this share of its points.",
)
@click.option("--no-cache", is_flag=True, help="Grade again what has been graded before.")
def grade(
    paths: tuple[Path, ...],
    directory: Path | None,
    names: tuple[str, ...],
    bank: dict[str, Question],
    backend: str,
    oci_runtime: str,
    without: tuple[str, ...],
    engine: str,
    jobs: int,
    device: str,
    seed: int | None,
    formats: tuple[str, ...],
    view: View,
    language: Language,
    fail_under: float | None,
    no_cache: bool,
) -> None:
    """Grade submissions: folders, archives (.zip, .tar.gz), single .py files or .ipynb notebooks.

    A folder of submissions is a cohort. Answers are found by question id or number: q02.py,
    multi_head_attention/answer.py, q02/torch_answer.py …

    A run that is interrupted goes on where it was when the same command is given again.

    \b
    Exit status: 0 graded, and at or above --fail-under
                 1 graded, below it
                 2 bad usage or unreadable input
                 3 a grader error remains
    """
    if engine != "local":
        raise UsageError(f"--engine {engine}: this version schedules locally only; leave the option out")
    asked = tuple(find_question(bank, name).id for name in names)
    submissions = read_paths(paths, list(bank.values()), asked or None)
    cohort = run.is_cohort(paths, submissions)
    store = Store(default_path())
    settings = run.Settings(store.seed() if seed is None else seed, jobs, use_cache=not no_cache, expected=asked)
    if backend == "none":
        click.echo("grader: no sandbox: answers run with all your rights", err=True)

    def finished(result: SubmissionResult) -> None:
        if directory:
            folder = run.write_folder(directory, result.candidate, cohort)
            compile_report(with_earlier_reviews(result, folder / "result.json"), formats, view, folder, language)

    total = sum(len(s.answers) for s in submissions)
    with open_sandbox(backend, jobs, without, oci_runtime, device) as sandbox, _progress() as progress:
        if device != "cpu" and not any(a.framework in bank[a.question].gpu for s in submissions for a in s.answers):
            click.echo("grader: no answer here is to a question that takes a GPU: all compute on the CPU", err=True)
        task = progress.add_task("grading", total=total)

        def graded(answer: Answer, _: Graded) -> None:
            progress.update(task, advance=1, description=f"{answer.candidate}: {answer.question} ({answer.framework})")

        results = run.grade_submissions(submissions, bank, sandbox, store, settings, graded, finished)
    store.close()

    if directory:
        results = [
            with_earlier_reviews(result, run.write_folder(directory, result.candidate, cohort) / "result.json")
            for result in results
        ]
    compiled = run.compile_all(submissions, results) if cohort else results[0]
    if TERMINAL in formats:
        _print(compiled, view)
    if directory and cohort:
        compile_report(compiled, formats, view, directory, language)
    if directory and TERMINAL in formats:
        click.echo(f"Reports are in {directory}")
    if any(Verdict.GRADER_ERROR in question.verdicts for result in results for question in result.questions):
        sys.exit(3)
    if not cohort and submissions[0].problems and not submissions[0].answers:
        problem = submissions[0].problems[0]
        raise UsageError(f"{paths[0]} has no answer that can be read: {problem.where} {problem.message}")
    if fail_under is not None and any(
        result.score * 100 < fail_under * result.max_score or not result.max_score for result in results
    ):
        sys.exit(1)


@main.command()
@click.argument("name", required=False, metavar="[ID]")
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True)
@bank_option
def questions(name: str | None, lang: str, bank: dict[str, Question]) -> None:
    """List the bank, or show one question's prompt (ID is an id or a number)."""
    if name is not None:
        click.echo(find_question(bank, name).prompt(lang).rstrip())
        return
    table = Table("#", "id", "title", "frameworks", box=None, pad_edge=False)
    for question in bank.values():
        table.add_row(str(question.number), question.id, getattr(question.title, lang), " ".join(question.frameworks))
    Console(highlight=False).print(table)


@main.command()
@click.argument("names", nargs=-1, metavar="[ID]...")
@click.option("--seed", default=0, show_default=True, help="The run seed: it decides every hidden input.")
@click.option(
    "--repeats",
    type=click.IntRange(0),
    show_default=f"{REPEATS}, or {REPEATS_TRAINING} where answers are trained",
    help="Further run seeds under which the reference must earn everything.",
)
@click.option("--no-mutants", is_flag=True, help="Leave out the mutants, which take longest.")
@click.option("--verbose", "-v", is_flag=True, help="Show what findings rest on, such as each comparison's margins.")
@click.option("--jobs", type=click.IntRange(1), default=os.cpu_count() or 1, show_default="number of cores")
@click.option(
    "--table",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a Markdown table there, a row for each question and framework; renewed after each question.",
)
@bank_option
def check(
    names: tuple[str, ...],
    seed: int,
    repeats: int | None,
    no_mutants: bool,
    verbose: bool,
    jobs: int,
    table: Path | None,
    bank: dict[str, Question],
) -> None:
    """Prove the rubrics of the questions ID (all, where none is given).

    The reference must earn 100 in every framework, under many run seeds, in both sandboxes where Docker is there; so
    must other right answers. Every wrong answer must lose the criteria that its header names, and no other. Answers
    that compute nothing must earn next to nothing, and of the mutants made from the reference 95 % must lose points:
    those that do not are listed with the input that tells them apart. Tolerances are measured against right and wrong
    answers, the reference's cost against the limits, and prompts, starters and public cases are held to the rubric.

    The exit status is 1 where something falls short.
    """
    chosen: list[Question] = [find_question(bank, name) for name in names] or list(bank.values())
    settings = Settings(seed, repeats, not no_mutants, jobs)
    console = Console(highlight=False, soft_wrap=True)
    found: list[Finding] = []
    if table:
        write_whole(table, bank_table(found))  # a place that cannot be written to is to be known before hours of work
    with ExitStack() as stack:
        local = stack.enter_context(LocalSandbox(jobs))
        docker: Sandbox | None = None
        try:
            docker = stack.enter_context(open_sandbox("docker"))
        except SandboxUnavailable as error:
            console.print(f"in the local sandbox alone: {error}", markup=False)
        progress = stack.enter_context(_progress())
        task = progress.add_task("mutants", total=None, visible=False)

        def tried(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total, visible=done < total)

        for question in chosen:
            console.print(f"[bold]{question.id}[/]")
            for finding in prove(local, docker, question, settings, tried):
                found.append(finding)
                mark = "[red]✗[/]" if finding.faults else "[green]✓[/]"
                score = "" if finding.score is None else f"{finding.score:.1f}"
                seconds = "" if finding.seconds is None else f"{finding.seconds:.2f} s"
                console.print(f"{mark} {finding.framework:10} {finding.name:40} {score:>6} {seconds:>9}")
                evidence = finding.evidence if verbose or finding.faults else ()
                for line in (*finding.faults, *filter(None, [finding.summary]), *finding.notes, *evidence):
                    console.print(indent(line, "    "), markup=False)
            if table:
                write_whole(table, bank_table(found))
    sys.exit(1 if any(finding.faults for finding in found) else 0)


@main.command()
@click.argument("id", metavar="ID")
@click.option(
    "--frameworks",
    default="numpy,torch,tensorflow",
    show_default=True,
    help="Comma-separated: those that the question is asked in.",
)
@click.option(
    "--kind",
    type=click.Choice(KINDS),
    default="function",
    show_default=True,
    help="The worked example: functions; a model that trains; an agent that meets an environment.",
)
@click.option("--number", type=int, help="The question's number.  [default: the first free one from 100 on]")
@click.option(
    "-o",
    "directory",
    metavar="DIR",
    default=".",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The bank: the question's folder is made in it.",
)
@bank_option
def new(id: str, frameworks: str, kind: str, number: int | None, directory: Path, bank: dict[str, Question]) -> None:
    """Scaffold the question ID, in kebab case: a folder that passes `grader check`.

    It holds a worked example of everything that a question needs, with comments. Put yours in its place.
    """
    names = [name.strip() for name in frameworks.split(",") if name.strip()]
    folder = new_question(id, kind, names, number, directory, bank)  # type: ignore[arg-type]
    click.echo(f"{folder} holds a worked example that passes `grader check`. Put your question in its place:")
    click.echo("  1. say what is asked      question.toml, prompt.en.md, prompt.zh.md, starter/")
    click.echo("  2. answer it              reference/")
    click.echo("  3. say how it is judged   rubric.py, wrong/")
    click.echo(f"  4. prove it               grader check --bank {directory} {id}")


@main.command()
@click.argument("names", nargs=-1, required=True, metavar="ID...")
@bank_option
def stub(names: tuple[str, ...], bank: dict[str, Question]) -> None:
    """Write what editors know of `candidate` in the rubrics of the questions ID: a conftest.py from the entry points.

    With it, an editor completes `candidate.` with the entry points and their arguments. Do so again where they change.
    """
    for name in names:
        click.echo(write_stub(find_question(bank, name)))


@main.command()
@click.argument("names", nargs=-1, required=True, metavar="ID...")
@click.option("-o", "directory", required=True, metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--framework",
    type=click.Choice(["numpy", "torch", "tensorflow"]),
    help="What the starters are in.  [default: torch, where the question is asked for in it]",
)
@bank_option
def start(names: tuple[str, ...], directory: Path, framework: str | None, bank: dict[str, Question]) -> None:
    """Write a starter kit for a candidate: prompts, starters, and the public cases of the questions ID."""
    chosen = [find_question(bank, name) for name in names]
    with open_sandbox(DEFAULT) as sandbox:
        kit.write_kit(chosen, framework, directory, sandbox, click.echo)
    click.echo(f"{directory / 'README.md'} says how to go on")


@main.command(name="try")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--question", "name", required=True, metavar="ID", help="The question (id or number).")
@bank_option
def try_answer(path: Path, name: str, bank: dict[str, Question]) -> None:
    """Try an answer on the question's public cases, and say all that there is to say of them. Nothing is scored.

    The exit status is 1 where a case fails.
    """
    console = Console(highlight=False, soft_wrap=True)
    failed = False
    with open_sandbox(DEFAULT) as sandbox:
        for tried in kit.try_answers(path, find_question(bank, name), sandbox):
            print_tried(tried, console)
            if not tried.criteria:
                console.print("This question has no public cases.")
            failed |= set(tried.verdicts) > {Verdict.PASSED} or Verdict.PASSED not in tried.verdicts
    sys.exit(1 if failed else 0)


@main.group(name="runtime")
def runtimes() -> None:
    """What answers run with: the interpreter here, and the images of the docker sandbox."""


@runtimes.command(name="list")
def list_runtimes() -> None:
    """List the local runtimes and the docker images."""
    console = Console(highlight=False, soft_wrap=True)
    for line in runtime.listed():
        console.print(line, markup=False)


@runtimes.command(name="build")
@click.option(
    "--base",
    metavar="IMAGE",
    default=runtime.DEFAULT_BASE,
    show_default=True,
    help="The base image: Debian, or a like it, with Python 3.11 to 3.13 and venv.",
)
@click.option(
    "--torch-index",
    metavar="URL",
    envvar="TORCH_INDEX",
    default="",
    help="Where torch's build is taken from.  [env: TORCH_INDEX]",
)
def build_runtime(base: str, torch_index: str) -> None:
    """Build the image of the docker sandbox. What is there already is not built again."""
    click.echo(f"{runtime.build(base, torch_index, click.echo)} is ready")


@runtimes.command(name="prune")
def prune_runtimes() -> None:
    """Remove the docker images of other versions, 3 GB each, that an upgrade has left."""
    runtime.prune(click.echo)


@main.command()
@click.argument("path", metavar="RESULT.json", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--format", "formats", callback=_formats, default=TERMINAL, show_default=True, help=f"Of {', '.join(_FORMATS)}."
)
@click.option(
    "-o",
    "directory",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the files go.  [default: beside RESULT.json]",
)
@view_option
@language_option
def report(path: Path, formats: tuple[str, ...], directory: Path | None, view: View, language: Language) -> None:
    """Compile a submission's or a cohort's reports again from its RESULT.json; nothing is graded."""
    result = load_report(path)
    if TERMINAL in formats:
        _print(result, view)
    for file in compile_report(result, formats, view, directory or path.parent, language):
        click.echo(file)


@main.command()
@click.argument("path", metavar="RESULT.json", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--from",
    "file",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Take the reviews from a TOML file instead of asking: a [[review]] each, with question, points and remark.",
)
@click.option("--by", "reviewer", default=getpass.getuser, show_default="your user name", help="Who gives the points.")
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="Of the guide.")
@bank_option
def review(path: Path, file: Path | None, reviewer: str, lang: str, bank: dict[str, Question]) -> None:
    """Score the written parts of a submission, and compile its reports again.

    Each explanation is shown beside the question's guide for reviewers. Every answer is kept at once: end with Ctrl-D,
    and go on another time.
    """
    result = load_reviewable(path)
    if file:
        result = reviewed_from_file(result, file, reviewer)
        recompile(path, result)
    elif not written(result):
        click.echo(f"{result.candidate} has written no explanation")
    for question in [] if file else written(result):
        click.echo(f"\n{question.number}. {question.title} ({question.framework})\n")
        click.echo(clean_text(question.explanation))
        if question.id in bank and (guide := bank[question.id].guide(lang)):
            click.echo(f"\nGuide for reviewers\n\n{guide}")
        kept = question.review
        try:
            points = click.prompt(
                f"Points of {question.written_points:g}",
                type=click.FloatRange(0, question.written_points),
                default=kept.points if kept else None,
            )
            remark = click.prompt("Remark", default=kept.remark if kept else "", show_default=bool(kept))
        except click.Abort:
            click.echo()
            break
        result = reviewed(result, question, points, remark, reviewer)
        recompile(path, result)
    left = sum(question.needs_review for question in result.questions)
    click.echo(
        f"{result.candidate}: {show_points(result.score)} of {show_points(result.max_score)} points, "
        f"{left or 'no'} explanation{'' if left == 1 else 's'} left to review"
    )


@main.command()
@click.argument("path", metavar="RESULT.json", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--submission",
    type=click.Path(exists=True, path_type=Path),
    help="Where the submission lies now.  [default: where it was read]",
)
@click.option("--jobs", type=click.IntRange(1), default=os.cpu_count() or 1, show_default="number of cores")
@bank_option
def verify(path: Path, submission: Path | None, jobs: int, bank: dict[str, Question]) -> None:
    """Grade a submission again, with the seed and the sandbox of its RESULT.json, and say what differs.

    The exit status is 1 where points or verdicts are not what they were. What else has changed since (the answer, the
    rubric, versions, hardware) is said beside it.
    """
    was = load_reviewable(path)
    made = was.provenance
    ids = tuple(question.id for question in was.questions)
    for question_id in ids:
        find_question(bank, question_id)
    [found] = read_paths([submission_of(path, was, submission)], list(bank.values()), ids)
    settings = run.Settings(
        made.seed or 0, jobs, use_cache=False, policy=bool(getattr(made, "policy", True)), expected=ids
    )
    without = tuple(layer for layer in ACCEPTABLE if layer not in made.layers)
    store = Store(default_path())
    device = "cuda" if GPU_LAYER in made.layers else "cpu"
    with open_sandbox(made.sandbox, jobs, without if made.sandbox != "none" else (), device=device) as sandbox:
        [now] = run.grade_submissions([found], bank, sandbox, store, settings, lambda *_: None, lambda _: None)
    store.close()
    for sentence in circumstances(made, now.provenance):
        click.echo(f"changed  {sentence}")
    found_differences = list(differences(was, now))
    for sentence in found_differences:
        click.echo(f"differs  {sentence}")
    if found_differences:
        sys.exit(1)
    click.echo(f"{was.candidate}: every point and verdict is what it was")


@main.command(name="doctor")
def examine() -> None:
    """Say what this machine can do, attack the sandboxes, and fail where one does not hold.

    The exit status is 3 where a layer of the wall is missing or an attack succeeds. Without Docker, only the local
    sandbox is looked at.
    """
    console = Console(highlight=False, soft_wrap=True)
    colours = {doctor.State.GOOD: "green", doctor.State.ABSENT: "yellow", doctor.State.BAD: "red"}
    holds = True
    for finding in doctor.examine():
        holds &= finding.state is not doctor.State.BAD
        console.print(f"[{colours[finding.state]}]{finding.state.value}[/] {finding.what}: ", end="")
        console.print(finding.says, markup=False)
    sys.exit(0 if holds else 3)


def _print(result: SubmissionResult | CohortResult, view: View) -> None:
    # Where the output goes to a file or a CI log, nobody's window sets its width.
    console = Console(highlight=False, width=None if sys.stdout.isatty() else _LOG_WIDTH)
    if isinstance(result, SubmissionResult):
        print_submission(result, console, view)
    else:
        print_cohort(result, console, view)


def _progress() -> Progress:
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())


def entry() -> None:
    """The installed command: an error that has a sentence is printed as that sentence."""
    try:
        main()
    except (GraderError, SandboxError) as error:
        click.echo(f"grader: {error}", err=True)
        sys.exit(2 if isinstance(error, UsageError) else 3)


if __name__ == "__main__":
    entry()
