"""A new question is a worked example that holds from the start, whatever kind and frameworks are asked for."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.authoring.answers import check_answers
from grader.authoring.new import FRAMEWORKS, KINDS, SCAFFOLD, new_question
from grader.authoring.wrong import wrong_answers
from grader.bank import load_bank, load_question
from grader.errors import UsageError
from grader.grading import grade
from grader.pytest_plugin import Job
from grader.source import Source
from grader.verdicts import Verdict

ROOT = Path(__file__).parents[3]
each_kind = pytest.mark.parametrize("kind", KINDS)
each_framework = pytest.mark.parametrize("framework", FRAMEWORKS)


@pytest.fixture
def new(tmp_path):
    """A new question of tmp_path."""

    def make(kind="function", frameworks=FRAMEWORKS, id="new-question", number=None):
        return new_question(id, kind, frameworks, number, tmp_path, load_bank())

    return make


def files(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@each_kind
@each_framework
def test_references_earn_100_and_wrong_answers_lose_what_they_name(sandbox, new, kind, framework):
    question = load_question(new(kind, [framework]))
    reference, *wrong = check_answers(sandbox, question, seed=3)
    assert [fault for finding in (reference, *wrong) for fault in finding.faults] == []
    assert (reference.score, reference.framework) == (100, framework)
    assert len(wrong) >= 3
    assert all(finding.score < 100 for finding in wrong)


@each_kind
def test_a_question_in_all_frameworks_is_those_in_one_put_together(new, kind):
    """So what holds in each of them alone holds in all."""
    together = files(new(kind))
    apart = [files(new(kind, [framework], id=f"in-{framework}")) for framework in FRAMEWORKS]
    assert {path for each in apart for path in each} == together.keys()
    assert all(text == together[path] for each in apart for path, text in each.items() if path.name != "question.toml")


@each_kind
@each_framework
def test_a_framework_that_is_not_asked_for_leaves_no_trace(new, kind, framework):
    folder = new(kind, [name for name in FRAMEWORKS if name != framework])
    question = load_question(folder)
    assert framework not in question.frameworks
    assert framework not in question.runtime
    assert not [name for name in question.policy.forbidden if name.startswith(framework)]
    assert not [path for path in files(folder) if framework in path.name]
    assert {wrong.header.framework for wrong in wrong_answers(question)} == set(question.frameworks)


@each_kind
@each_framework
def test_a_starter_runs_and_earns_nothing(sandbox, new, kind, framework):
    question = load_question(new(kind))
    name = f"{framework}_answer.py"
    source = Source({name: (question.folder / "starter" / name).read_bytes()}, name, framework)
    found = []
    grade(sandbox, question, framework, [Job(source)], 0, {}, lambda _, graded: found.append(graded))
    cases = [case for criterion in found[0].criteria for case in criterion.cases]
    assert {case.verdict for case in cases} <= {Verdict.RUNTIME_ERROR, Verdict.WRONG_ANSWER}
    assert all("NotImplementedError" in case.message for case in cases)
    assert found[0].score == 0


@each_kind
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_prompt_says_every_signature_and_gives_away_100_points(new, kind, language):
    question = load_question(new(kind))
    prompt = question.prompt(language)
    for entry_point in question.entry_points:
        assert entry_point.name + entry_point.signature in prompt
    rows = [line.split("|")[1].strip() for line in prompt.splitlines() if line.startswith("|")]
    assert sum(int(cell) for cell in rows if cell.isdigit()) == 100


def test_the_question_has_the_names_it_was_given(new, tmp_path):
    question = load_question(new(id="batch-norm", frameworks=["torch", "numpy"], number=7000))
    assert (question.id, question.number, question.frameworks) == ("batch-norm", 7000, ("numpy", "torch"))
    assert question.folder == tmp_path / "batch_norm"


def test_numbers_are_given_out_from_100_on(new):
    assert [load_question(new(id=id)).number for id in ("first", "second")] == [100, 101]
    new(id="third", number=102)
    assert load_question(new(id="fourth")).number == 103


def test_what_python_and_pytest_leave_in_the_scaffold_is_not_copied(new, tmp_path, monkeypatch):
    littered = tmp_path.with_name("littered")
    shutil.copytree(SCAFFOLD, littered)
    for litter in ("__pycache__/rubric.pyc", ".pytest_cache/README.md"):
        (littered / "function" / litter).parent.mkdir(exist_ok=True)
        (littered / "function" / litter).write_text("litter")
    clean = files(new(id="clean"))
    monkeypatch.setattr("grader.authoring.new.SCAFFOLD", littered)
    assert files(new(id="other")).keys() == clean.keys()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"id": "Batch_Norm"}, r"'Batch_Norm' is no question's id: write it in kebab case, such as batch-norm"),
        ({"id": "dqn"}, r"dqn is the id of the question in .*rubrics/dqn; choose another"),
        ({"number": 20}, r"20 is the number of the question in .*rubrics/dqn; leave it out"),
        ({"number": 0}, r"0 is no question's number"),
        ({"frameworks": ["numpy", "jax"]}, r"there is no framework 'jax'; choose from numpy, torch, tensorflow"),
        ({"frameworks": []}, r"at least one framework; choose from numpy, torch, tensorflow"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(new, tmp_path, arguments, sentence):
    with pytest.raises(UsageError, match=sentence):
        new(**arguments)
    assert list(tmp_path.iterdir()) == []


def test_ids_and_numbers_of_the_folder_are_taken_too(new, tmp_path):
    (new(id="mine", number=500)).rename(tmp_path / "mine-it-is")
    toml = tmp_path / "mine-it-is" / "question.toml"
    toml.write_text(toml.read_text().replace('"mine"', '"mine-it-is"'))
    with pytest.raises(UsageError, match=r"500 is the number of the question in .*mine-it-is"):
        new(id="other", number=500)
    with pytest.raises(UsageError, match="mine-it-is is the id of the question in"):
        new(id="mine-it-is")


def test_nothing_is_written_over(new, tmp_path):
    (tmp_path / "new_question").mkdir()
    (tmp_path / "new_question" / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match=r"new_question is there already; choose another id"):
        new()
    assert list(files(tmp_path)) == [Path("new_question/notes.txt")]


def test_the_command_says_what_to_do_next_and_that_works(tmp_path):
    def grader(*arguments):
        command = [sys.executable, ROOT / "cli.py", *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)

    made = grader("new", "batch-norm", "--frameworks", "numpy", "--kind", "function", "-o", "bank")
    assert made.returncode == 0, made.stderr
    next_step = made.stdout.rpartition("grader ")[2].split()
    assert next_step == ["check", "--bank", "bank", "batch-norm"]
    checked = grader(*next_step)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    again = grader("new", "batch-norm", "-o", "bank")
    assert (again.returncode, again.stderr.count("\n")) == (2, 1)
