"""The command line, run as a user runs it: files, sentences, exit statuses."""

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
REFERENCE = ROOT / "reference" / "positional_encoding"
ENDLESS = "def positional_encoding(length, d_model, base=10000.0):\n    while True: pass\n"


@pytest.fixture
def grader(tmp_path):
    def run(*arguments, **variables):
        environment = os.environ | {"GRADER_STORE": str(tmp_path / "store.sqlite3"), "COLUMNS": "200"} | variables
        command = [sys.executable, "-m", "cli", *map(str, arguments)]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)

    return run


@pytest.fixture
def alice(tmp_path):
    folder = tmp_path / "alice"
    folder.mkdir()
    (folder / "q06.py").write_bytes((REFERENCE / "numpy_answer.py").read_bytes())
    return folder


def result_in(folder):
    return json.loads((folder / "result.json").read_text())


def test_grading_one_submission(grader, alice, tmp_path):
    done = grader(
        "grade", alice, "-o", tmp_path / "out", "--format", "terminal,json,html,markdown,junit,csv", "--seed", 4
    )
    assert done.returncode == 0, done.stderr
    assert "100" in done.stdout
    names = {p.name for p in (tmp_path / "out").iterdir()}
    assert names == {"result.json", "report.html", "report.md", "junit.xml", "scores.csv"}
    result = result_in(tmp_path / "out")
    assert (result["schema_version"], result["candidate"]) == (1, "alice")
    assert (result["score"], result["max_score"]) == (100.0, 100.0)
    (question,) = result["questions"]
    assert (question["id"], question["number"], question["framework"]) == ("positional-encoding", 6, "numpy")
    assert sum(criterion["points"] for criterion in question["criteria"]) == 100
    assert {"name", "verdict", "message", "seconds"} <= question["criteria"][0]["cases"][0].keys()
    assert result["provenance"]["seed"] == 4
    assert "landlock" in result["provenance"]["layers"]


def test_an_endless_answer_leaves_a_cohorts_other_results_as_they_are(grader, alice, tmp_path):
    bob = tmp_path / "cohort" / "bob"
    bob.mkdir(parents=True)
    (bob / "q06_torch.py").write_bytes((ROOT / "rubrics/positional_encoding/wrong/swapped_torch.py").read_bytes())
    alice.rename(tmp_path / "cohort" / "alice")

    def questions(out):
        done = grader("grade", tmp_path / "cohort", "-o", out, "--seed", 4, "--no-cache")
        assert done.returncode == 0, done.stderr
        return {
            name: [
                (case["name"], case["verdict"], case["message"])
                for question in result_in(out / name)["questions"]
                for criterion in question["criteria"]
                for case in criterion["cases"]
            ]
            for name in ("alice", "bob")
        }

    before = questions(tmp_path / "before")
    (tmp_path / "cohort" / "carol").mkdir()
    (tmp_path / "cohort" / "carol" / "q06.py").write_text(
        ENDLESS.replace("while True", "while length == 2 and d_model == 6")
        + (REFERENCE / "numpy_answer.py").read_text().replace("def positional", "def _real")
        + "\n\n_slow = positional_encoding\n\n\ndef positional_encoding(length, d_model, base=10000.0):\n"
        "    _slow(length, d_model)\n    return _real_encoding(length, d_model, base)\n"
    )
    assert questions(tmp_path / "after") == before
    carol = result_in(tmp_path / "after" / "carol")["questions"][0]["criteria"]
    limited = [case["name"] for criterion in carol for case in criterion["cases"] if case["verdict"] == "time_limit"]
    assert limited == ["test_matches_formula[2-6]"]
    cohort = result_in(tmp_path / "after")
    assert [s["candidate"] for s in cohort["submissions"]] == ["alice", "bob", "carol"]


def test_both_sandboxes_come_to_the_same_verdicts(grader, tmp_path, docker_sandbox):
    folder = tmp_path / "bob"
    folder.mkdir()
    for framework, name in (("numpy", "halves_numpy"), ("torch", "swapped_torch")):
        wrong = ROOT / "rubrics" / "positional_encoding" / "wrong" / f"{name}.py"
        (folder / f"q06_{framework}.py").write_bytes(wrong.read_bytes())

    def verdicts(sandbox):
        done = grader("grade", folder, "-o", tmp_path / sandbox, "--sandbox", sandbox, "--seed", 4)
        assert done.returncode == 0, done.stderr
        return [
            (question["framework"], case["name"], case["verdict"], case["message"])
            for question in result_in(tmp_path / sandbox)["questions"]
            for criterion in question["criteria"]
            for case in criterion["cases"]
        ]

    assert verdicts("docker") == verdicts("local")


def test_what_is_graded_already_is_not_graded_again(grader, alice, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    for out in (first, second):
        assert grader("grade", alice, "-o", out).returncode == 0
    # Seconds are measured: they agree only where nothing ran the second time.
    assert result_in(first)["questions"] == result_in(second)["questions"]


@pytest.mark.parametrize("sandbox", ["local", "docker"])
def test_a_killed_run_goes_on_where_it_was(alice, tmp_path, sandbox, request):
    if sandbox == "docker":
        request.getfixturevalue("docker_sandbox")
    cohort = tmp_path / "cohort"
    cohort.mkdir()
    alice.rename(cohort / "alice")
    (cohort / "zoe").mkdir()
    (cohort / "zoe" / "q06_torch.py").write_text("import torch\n" + ENDLESS)
    environment = os.environ | {"GRADER_STORE": str(tmp_path / "store.sqlite3")}
    command = [
        sys.executable,
        "-m",
        "cli",
        "grade",
        str(cohort),
        "-o",
        str(tmp_path / "out"),
        "--sandbox",
        sandbox,
        "--jobs",
        "1",
        "--format",
        "json",
    ]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as killed:
        while not (tmp_path / "out" / "alice" / "result.json").exists():
            assert killed.poll() is None, "the run ended by itself"
        killed.kill()
    assert not (tmp_path / "out" / "zoe").exists()
    kept = result_in(tmp_path / "out" / "alice")["questions"]
    assert result_in(tmp_path / "out" / "alice")["provenance"]["sandbox"] == sandbox
    (cohort / "zoe" / "q06_torch.py").unlink()
    (cohort / "zoe" / "q06.py").write_text("import numpy\n")
    assert subprocess.run(command, cwd=ROOT, env=environment, capture_output=True).returncode == 0
    assert result_in(tmp_path / "out" / "alice")["questions"] == kept
    assert result_in(tmp_path / "out" / "zoe")["score"] == 0


def test_fail_under(grader, tmp_path):
    answer = tmp_path / "q06.py"
    answer.write_bytes((ROOT / "rubrics/positional_encoding/wrong/halves_numpy.py").read_bytes())
    assert grader("grade", answer, "--fail-under", 90).returncode == 1
    assert grader("grade", answer, "--fail-under", 10).returncode == 0


def test_a_question_that_is_asked_for_and_not_answered_earns_nothing(grader, alice, tmp_path):
    done = grader("grade", alice, "--question", 6, "--question", "dqn", "-o", tmp_path / "out")
    assert done.returncode == 0
    result = result_in(tmp_path / "out")
    assert (result["score"], result["max_score"]) == (100.0, 200.0)
    assert result["questions"][1]["criteria"][0]["cases"][0]["verdict"] == "not_answered"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["grade", "no/such/path"], "no/such/path is not there"),
        (["grade", ".", "--question", "99"], "there is no question '99'; the bank has"),
        (["grade", ".", "--format", "pdf"], "there is no format 'pdf'; choose from terminal, json"),
        (["grade"], "Missing argument 'PATH...'"),
        (["grade", ".", "--fail-under", "200"], "200.0 is not in the range"),
        (["grade", "pyproject.toml"], "pyproject.toml is no submission"),
        (["questions", "no-such-question"], "there is no question 'no-such-question'"),
        (["grade", ".", "--oci-runtime", "runsc"], "--oci-runtime runsc needs --sandbox docker"),
        (["grade", ".", "--engine", "ray"], "--engine ray"),
        (["check", "gan", "--table", "pyproject.toml/bank.md"], "pyproject.toml/bank.md cannot be written"),
    ],
)
def test_bad_usage_is_one_sentence_and_status_2(grader, arguments, sentence):
    done = grader(*arguments)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_machine_without_gpu_says_so(grader, alice):
    """A machine with one grades."""
    done = grader("grade", alice, "--device", "cuda")
    if done.returncode == 0:
        pytest.skip("there is a GPU here")
    assert done.returncode == 3
    assert re.fullmatch(
        r"grader: no GPU can be used \(.*\): install NVIDIA's driver, or use --device cpu\n", done.stderr
    )


def test_an_unreadable_archive_is_reported_and_stops_nothing(grader, alice, tmp_path):
    (tmp_path / "cohort").mkdir()
    alice.rename(tmp_path / "cohort" / "alice")
    (tmp_path / "cohort" / "bob.zip").write_bytes(b"PK\x03\x04 no more")
    with zipfile.ZipFile(tmp_path / "cohort" / "carol.zip", "w") as archive:
        archive.writestr("q06.py", "def positional_encoding(length, d_model, base=1e4)\n    return 1\n")
    done = grader("grade", tmp_path / "cohort", "-o", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert result_in(tmp_path / "out" / "alice")["score"] == 100
    assert "bob.zip" in result_in(tmp_path / "out" / "bob")["problems"][0]["where"]
    carol = result_in(tmp_path / "out" / "carol")["questions"][0]["criteria"][0]["cases"][0]
    assert carol["message"] == "q06.py:1 SyntaxError: expected ':'"


def test_the_candidates_view_names_no_hidden_value(grader, tmp_path):
    answer = tmp_path / "q06.py"
    answer.write_bytes((ROOT / "rubrics/positional_encoding/wrong/halves_numpy.py").read_bytes())
    assert grader("grade", answer, "-o", tmp_path / "out", "--view", "candidate", "--seed", 123456789).returncode == 0
    text = (tmp_path / "out" / "result.json").read_text() + (tmp_path / "out" / "report.html").read_text()
    criteria = json.loads((tmp_path / "out" / "result.json").read_text())["questions"][0]["criteria"]
    failed = [case for criterion in criteria for case in criterion["cases"] if case["verdict"] == "wrong_answer"]
    assert {case["name"] for case in failed if "got 0, expected 1" in case["message"]} == {
        case["name"] for case in failed if case["shown"]
    }
    assert "test_matches_formula[2-6]" in text  # public
    assert "[7-6]" not in text
    assert "123456789" not in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_bank_is_listed_and_every_prompt_shows_its_signatures(grader, language):
    listed = grader("questions", "--lang", language)
    assert listed.returncode == 0
    assert "positional-encoding" in listed.stdout
    prompt = grader("questions", "6", "--lang", language)
    assert "positional_encoding(length, d_model, base=10000.0)" in prompt.stdout


def test_help_teaches(grader):
    done = grader("grade", "--help")
    assert done.returncode == 0
    for option in (
        "--question",
        "--sandbox",
        "--engine",
        "--jobs",
        "--device",
        "--seed",
        "--format",
        "--view",
        "--fail-under",
    ):
        assert option in done.stdout
    assert "Exit status" in done.stdout


def test_a_submission_that_cannot_be_read_is_told_and_reported(grader, tmp_path):
    broken = tmp_path / "bob.zip"
    broken.write_bytes(b"PK\x03\x04 and nothing else")
    done = grader("grade", broken, "-o", tmp_path / "out")
    assert done.returncode == 2
    assert done.stderr.startswith(f"grader: {broken} has no answer that can be read: bob.zip ")
    assert result_in(tmp_path / "out")["problems"]


def test_a_result_is_compiled_reviewed_and_verified(grader, alice, tmp_path):
    (alice / "q06.md").write_text("Sine and cosine of a sum are linear in those of the position.")
    assert grader("grade", alice, "-o", tmp_path / "out", "--seed", 4).returncode == 0
    result = tmp_path / "out" / "result.json"

    done = grader("report", result, "--format", "terminal,markdown", "--view", "candidate")
    assert "100 of 100" in done.stdout
    assert (tmp_path / "out" / "report.md").exists()

    reviews = tmp_path / "reviews.toml"
    reviews.write_text('reviewer = "the second reader"\n[[review]]\nquestion = 6\npoints = 8\n')
    assert "108 of 110 points, no explanations left" in grader("review", result, "--from", reviews).stdout
    assert result_in(tmp_path / "out")["questions"][0]["review"]["reviewer"] == "the second reader"

    done = grader("verify", result)
    assert (done.returncode, done.stdout) == (0, "alice: every point and verdict is what it was\n")
    (alice / "q06.py").write_text((alice / "q06.py").read_text().replace("10000", "1000"))
    done = grader("verify", result)
    assert done.returncode == 1
    assert "changed  positional-encoding/numpy: the answer is another" in done.stdout
    assert "differs  positional-encoding/numpy: test_far_positions: 15 points then, 0 now" in done.stdout
