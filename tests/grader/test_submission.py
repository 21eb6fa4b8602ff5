"""Intake: which answers are found in what a candidate hands in, and what is told about the rest."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import submission
from grader.errors import UsageError
from grader.submission import Answer, Submission, read_paths, read_submission


@dataclass(frozen=True)
class Key:
    id: str
    number: int
    frameworks: tuple[str, ...] = ("numpy", "torch", "tensorflow")


ATTENTION = Key("multi-head-attention", 2)
GPT = Key("gpt-generation", 5)
ENCODER = Key("transformer-encoder", 8)
SENTIMENT = Key("bert-sentiment", 10, ("torch",))
BANK = [ATTENTION, GPT, ENCODER, SENTIMENT, Key("gan", 18, ("torch", "tensorflow"))]

NUMPY, TORCH, TENSORFLOW = b"import numpy as np\n", b"import torch\n", b"from tensorflow import keras\n"


def write(folder: Path, files: Mapping[str, bytes | str]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def notebook(*cells: str | list[str]) -> bytes:
    code = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": cell} for cell in cells]
    prose = {"cell_type": "markdown", "metadata": {}, "source": "# Attention"}
    return json.dumps({"cells": [prose, *code], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def found(read: Submission) -> set[tuple[str, str, str]]:
    return {(answer.question, answer.framework, answer.main) for answer in read.answers}


def only_answer(read: Submission) -> Answer:
    assert not read.problems, read.problems
    (answer,) = read.answers
    return answer


# Names


@pytest.mark.parametrize(
    ("name", "main"),
    [
        ("q02.py", "q02.py"),
        ("q2.py", "q2.py"),
        ("Q02.PY", "Q02.PY"),
        ("02.py", "02.py"),
        ("question_2.py", "question_2.py"),
        ("multi_head_attention.py", "multi_head_attention.py"),
        ("multi-head-attention.py", "multi-head-attention.py"),
        ("Multi Head Attention.py", "Multi Head Attention.py"),
        ("q02_multi_head_attention.py", "q02_multi_head_attention.py"),
        ("q02_answer.py", "q02_answer.py"),
        ("src/week 1/q02.py", "q02.py"),
        ("q02/answer.py", "answer.py"),
        ("q02/main.py", "main.py"),
        ("02/answer.py", "answer.py"),
        ("multi_head_attention/answer.py", "answer.py"),
        ("multi_head_attention/q02.py", "q02.py"),
        ("multi_head_attention/my_try.py", "my_try.py"),
        ("q02/src/answer.py", "answer.py"),
    ],
)
def test_an_answer_is_found_by_the_number_or_id_of_its_question(tmp_path: Path, name: str, main: str) -> None:
    answer = only_answer(read_submission(write(tmp_path / "alice", {name: NUMPY}), BANK))
    assert (answer.candidate, answer.question, answer.framework) == ("alice", "multi-head-attention", "numpy")
    assert (answer.main, answer.files) == (main, {main: NUMPY})


@pytest.mark.parametrize(
    "name",
    [
        "q02_torch.py",
        "multi_head_attention_pytorch.py",
        "torch_q02.py",
        "q02.torch.py",
        "torch/q02.py",
        "q02_torch/answer.py",
        "q02/torch/answer.py",
        "q02/torch/attention.py",
        "q02/torch_answer.py",
        "q02/answer_torch.py",
        "q02/torch.py",
    ],
)
def test_a_name_declares_the_framework(tmp_path: Path, name: str) -> None:
    read = read_submission(write(tmp_path / "alice", {name: b"# imports nothing"}), BANK)
    assert only_answer(read).framework == "torch"


@pytest.mark.parametrize(
    ("source", "framework"),
    [
        (b"import torch.nn as nn\n", "torch"),
        (b"from torch import nn\nimport numpy as np\n", "torch"),
        (b"from transformers import BertModel\n", "torch"),
        (b"import numpy as np\n", "numpy"),
        (b"x = 'import torch'\n", "numpy"),
        (b"import tensorflow as tf\n", "tensorflow"),
        (b"def f():\n    from keras import layers\n", "tensorflow"),
        (b"\n\n# framework: keras\nimport torch\n", "tensorflow"),
        (b"# Framework = PyTorch\n", "torch"),
        (b"import os, torch\ndef broken(:\n", "torch"),
        (b"# caf\xe9 in latin-1\nimport torch\n", "torch"),
        (b"# coding: no-such-codec\nimport torch\n", "torch"),
        (b"\x00import torch\nimport torch", "torch"),
        (b"", "numpy"),
    ],
)
def test_else_a_comment_or_the_imports_tell_the_framework(tmp_path: Path, source: bytes, framework: str) -> None:
    answer = only_answer(read_submission(write(tmp_path / "alice", {"q02.py": source}), BANK))
    assert answer.framework == framework
    assert answer.files == {"q02.py": source}


def test_a_helper_module_may_be_what_imports_the_framework(tmp_path: Path) -> None:
    folder = write(tmp_path / "alice", {"q02/answer.py": "from .layers import Head\n", "q02/layers.py": TORCH})
    assert only_answer(read_submission(folder, BANK)).framework == "torch"


def test_several_frameworks_of_one_question_are_several_answers(tmp_path: Path) -> None:
    files = {"q02/numpy_answer.py": NUMPY, "q02/torch_answer.py": TORCH, "q02/shared.py": b"A = 1\n",
             "q05/torch/answer.py": TORCH, "q05/tensorflow/answer.py": TENSORFLOW}  # fmt: skip
    read = read_submission(write(tmp_path / "alice", files), BANK)
    assert found(read) == {
        ("multi-head-attention", "numpy", "numpy_answer.py"),
        ("multi-head-attention", "torch", "torch_answer.py"),
        ("gpt-generation", "torch", "answer.py"),
        ("gpt-generation", "tensorflow", "answer.py"),
    }
    by_main = {answer.main: answer for answer in read.answers}
    assert by_main["torch_answer.py"].files.keys() == {"torch_answer.py", "shared.py"}  # not the numpy answer
    assert not read.problems


def test_a_framework_that_the_question_does_not_ask_for_is_told(tmp_path: Path) -> None:
    read = read_submission(write(tmp_path / "alice", {"q18.py": NUMPY, "q10.py": TENSORFLOW}), BANK)
    assert not read.answers
    told = {problem.question: problem.message for problem in read.problems}
    assert "is a numpy answer, but gan asks for torch or tensorflow" in told["gan"]
    assert "is a tensorflow answer, but bert-sentiment asks for torch" in told["bert-sentiment"]


def test_a_second_answer_is_told_and_the_first_is_graded(tmp_path: Path) -> None:
    read = read_submission(write(tmp_path / "alice", {"q02.py": NUMPY, "multi_head_attention.py": NUMPY}), BANK)
    assert found(read) == {("multi-head-attention", "numpy", "multi_head_attention.py")}
    (problem,) = read.problems
    assert problem.where == "q02.py"
    assert "second numpy answer" in problem.message and "multi_head_attention.py is graded" in problem.message


def test_a_folder_with_several_modules_needs_one_named_answer(tmp_path: Path) -> None:
    read = read_submission(write(tmp_path / "alice", {"q02/a.py": NUMPY, "q02/b.py": NUMPY}), BANK)
    (problem,) = read.problems
    assert (problem.where, problem.question) == ("q02", "multi-head-attention")
    assert "answer.py" in problem.message


# What an answer brings along


def test_a_folder_brings_everything_in_it(tmp_path: Path) -> None:
    files = {"q02/answer.py": NUMPY, "q02/pkg/util.py": b"x = 1\n", "q02/table.csv": b"1,2\n", "q02/conftest.py": b""}
    unwanted = {"q02/.env": b"", "q02/__pycache__/answer.cpython-311.pyc": b"", "q02/answer.md": b"Because."}
    answer = only_answer(read_submission(write(tmp_path / "alice", files | unwanted), BANK))
    assert answer.files == {name.removeprefix("q02/"): content for name, content in files.items()}


def test_a_file_brings_the_modules_that_it_imports(tmp_path: Path) -> None:
    files = {
        "q08.py": "from q02 import attention\nimport tools.norm\n",
        "q02.py": "import common\n",
        "common.py": "import q08\n",
        "tools/__init__.py": "",
        "tools/norm.py": "from . import eps\n",
        "tools/eps.py": "",
        "tools/unused.py": "",
    }
    read = read_submission(write(tmp_path / "alice", files), BANK)
    assert {answer.question for answer in read.answers} == {"transformer-encoder", "multi-head-attention"}
    assert all(answer.files.keys() == files.keys() - {"tools/unused.py"} for answer in read.answers)
    (problem,) = read.problems
    assert problem.where == "tools/unused.py"
    assert "no answer imports it; name it q02.py or multi_head_attention.py" in problem.message


def test_a_module_that_poses_as_a_library_is_not_brought(tmp_path: Path) -> None:
    files = {"q02.py": "import numpy, random\n", "numpy.py": "", "random.py": "", "sitecustomize.py": ""}
    read = read_submission(write(tmp_path / "mallory", files), BANK)
    assert [answer.files.keys() for answer in read.answers] == [{"q02.py"}]
    assert {problem.where for problem in read.problems} == {"numpy.py", "random.py", "sitecustomize.py"}


def test_an_answer_that_is_too_large_keeps_its_code(tmp_path: Path) -> None:
    data = {f"q02/{number}.bin": bytes(600_000) for number in range(4)}
    read = read_submission(write(tmp_path / "alice", {"q02/answer.py": NUMPY, **data}), BANK)
    assert read.answers[0].files.keys() == {"answer.py", "0.bin", "1.bin", "2.bin"}
    (problem,) = read.problems
    assert problem.where == "q02/3.bin" and "an answer may hold 200 files and 2 MB" in problem.message


def test_a_module_over_the_cap_is_no_answer(tmp_path: Path) -> None:
    read = read_submission(write(tmp_path / "alice", {"q02.py": b"#" * 2_200_000, "q05.py": NUMPY}), BANK)
    assert found(read) == {("gpt-generation", "numpy", "q05.py")}
    assert [(p.where, p.question) for p in read.problems] == [("q02.py", "multi-head-attention")]


def test_the_digest_is_of_the_content_alone(tmp_path: Path) -> None:
    files = {"q02/answer.py": NUMPY, "q02/b.py": b""}
    folder = only_answer(read_submission(write(tmp_path / "alice", files), BANK))
    with zipfile.ZipFile(tmp_path / "bob.zip", "w") as packed:
        for name, content in reversed(files.items()):
            packed.writestr(f"bob/{name}", content)
    zipped = only_answer(read_submission(tmp_path / "bob.zip", BANK))
    assert (zipped.candidate, zipped.digest) == ("bob", folder.digest)
    moved = Answer("alice", "q", "numpy", {"ab": b"c", "m": b""}, "m")
    changed = [
        Answer("alice", "q", "torch", moved.files, "m"),
        Answer("alice", "q", "numpy", {"a": b"bc", "m": b""}, "m"),
        Answer("alice", "q", "numpy", {"ab": b"c", "m": b"", "x": b""}, "m"),
        Answer("alice", "q", "numpy", moved.files, "ab"),
    ]
    assert len({answer.digest for answer in (moved, *changed)}) == 5


# Notebooks


def test_a_notebook_becomes_a_module(tmp_path: Path) -> None:
    cells = [
        "%matplotlib inline\nimport torch\n!pip install 'einops",
        ["x = ('%d'\n", "     % 3)\n"],
        "%%bash\nls -l\necho",
    ]
    answer = only_answer(read_submission(write(tmp_path / "alice", {"q02_torch.ipynb": notebook(*cells)}), BANK))
    assert answer.main == "q02_torch.ipynb.py"
    source = answer.files[answer.main].decode()
    assert "# cell 1\npass\nimport torch\npass\n" in source
    assert "# cell 2\nx = ('%d'\n     % 3)\n" in source  # a line of Python that starts like a magic
    assert "# cell 3\npass\n" in source and "ls -l" not in source
    namespace: dict[str, object] = {}
    exec(source.replace("import torch", ""), namespace)
    assert namespace["x"] == "3"


def test_no_file_takes_the_place_of_a_notebooks_module(tmp_path: Path) -> None:
    folder = write(tmp_path / "alice", {"q02/answer.ipynb": notebook("x = 1"), "q02/answer.ipynb.py": b"x = 2"})
    (answer,) = read_submission(folder, BANK).answers
    assert b"x = 1" in answer.files[answer.main]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"import numpy",
        b"[" * 200_000,
        b'{"cells": ' + b"9" * 5000 + b"}",
        b"\xff\xfe{",
        b"[]",
        b'{"worksheets": []}',
        b'{"cells": [{"cell_type": "code", "source": {"a": 1}}]}',
        b'{"cells": [{"cell_type": "code", "source": [1, 2]}]}',
    ],
)
def test_a_broken_notebook_is_told_and_stops_nothing(tmp_path: Path, content: bytes) -> None:
    folder = write(tmp_path / "alice", {"q02.ipynb": content, "notes.ipynb": content, "q05.py": b"import notes\n"})
    read = read_submission(folder, BANK)
    assert found(read) == {("gpt-generation", "numpy", "q05.py")}
    (told,) = [problem for problem in read.problems if problem.where == "q02.ipynb"]
    assert told.question == "multi-head-attention" and "save it again" in told.message


def test_a_notebook_of_endless_magics_is_read_in_bounded_work(tmp_path: Path) -> None:
    read = read_submission(write(tmp_path / "alice", {"q02.ipynb": notebook("a;" * 10_000 + "\n!" * 10_000)}), BANK)
    assert only_answer(read).files["q02.ipynb.py"].count(b"\npass") < 200


# submission.toml


def test_submission_toml_lists_the_answers(tmp_path: Path) -> None:
    manifest = """
        candidate = "Alice Liddell"
        [[answers]]
        question = "multi-head-attention"
        path = "./work/final.py"
        framework = "torch"
        [[answers]]
        question = 5
        path = "gen"
    """
    files = {"submission.toml": manifest, "work/final.py": "", "gen/answer.py": TORCH, "gen/x.py": "", "q08.py": NUMPY}
    read = read_submission(write(tmp_path / "a17", files), BANK)
    assert found(read) == {("multi-head-attention", "torch", "final.py"), ("gpt-generation", "torch", "answer.py")}
    assert read.candidate == "Alice Liddell" == read.answers[0].candidate
    assert not read.problems


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ('question = "no-such"\npath = "a.py"', "answers[1].question: 'no-such' is no question"),
        ('question = 2\npath = "b.py"', "answers[1].path: 'b.py' is no .py, .ipynb or folder of them"),
        ('question = 2\npath = "../alice/a.py"', "answers[1].path: '../alice/a.py' is no .py"),
        ('question = 2\npath = "/etc/passwd"', "answers[1].path: '/etc/passwd' is no .py"),
        ("question = 2", "answers[1].path: field required"),
        ('question = 2\npath = "a.py"\nframework = "jax"', "answers[1].framework: input should be 'numpy'"),
        ('question = 2\npath = "a.py"\nframe = "torch"', "answers[1].frame: extra inputs are not permitted"),
        ('question = true\npath = "a.py"', "answers[1].question: input should be a valid"),
    ],
)
def test_a_wrong_entry_names_its_key_and_costs_itself_alone(tmp_path: Path, entry: str, message: str) -> None:
    manifest = f'[[answers]]\n{entry}\n[[answers]]\nquestion = 5\npath = "a.py"'
    read = read_submission(write(tmp_path / "alice", {"submission.toml": manifest, "a.py": NUMPY}), BANK)
    assert found(read) == {("gpt-generation", "numpy", "a.py")}
    (problem,) = read.problems
    assert problem.where == "submission.toml" and problem.message.startswith(message)


@pytest.mark.parametrize(
    "manifest",
    ["answers = 3", "candidate = 3", "name = 'Alice'", "answers = [1]", "= oops", b"\xff", "a = " + "[" * 5000],
)
def test_a_broken_submission_toml_is_told_and_names_decide(tmp_path: Path, manifest: str | bytes) -> None:
    read = read_submission(write(tmp_path / "alice", {"submission.toml": manifest, "q02.py": NUMPY}), BANK)
    assert found(read) == {("multi-head-attention", "numpy", "q02.py")}
    assert [problem.where for problem in read.problems] == ["submission.toml"]


# Explanations


@pytest.mark.parametrize("name", ["q02/answer.md", "q02/torch/answer.md", "q02.md", "multi_head_attention_answer.md"])
def test_a_written_explanation_is_collected(tmp_path: Path, name: str) -> None:
    files = {"q02/torch/answer.py": TORCH, name: "The scale keeps\nthe variance at 1.", "README.md": "Hello"}
    read = read_submission(write(tmp_path / "alice", files), BANK)
    assert read.explanations == {"multi-head-attention": "The scale keeps\nthe variance at 1."}
    assert only_answer(read).files.keys() == {"answer.py"}


def test_an_explanation_is_capped_and_freed_of_terminal_codes(tmp_path: Path) -> None:
    text = b"\xef\xbb\xbf\x1b[31mred\xff " + b"x" * 100_000
    read = read_submission(write(tmp_path / "alice", {"q02.py": NUMPY, "q02.md": text}), BANK)
    explanation = read.explanations["multi-head-attention"]
    assert explanation.startswith("[31mred\ufffd x") and len(explanation) == submission.MAX_EXPLANATION


# One question asked for


@pytest.mark.parametrize("name", ["solution.py", "my_attention.py", "answer.ipynb", "answer.py"])
def test_where_one_question_can_be_meant_names_need_not_say_it(tmp_path: Path, name: str) -> None:
    content = notebook("import numpy") if name.endswith("ipynb") else NUMPY
    file = write(tmp_path / "alice", {name: content}) / name
    for path in (file, file.parent):
        for bank, only in ([ATTENTION], None), (BANK, [ATTENTION.id]):
            assert only_answer(read_submission(path, bank, only)).question == "multi-head-attention"


def test_a_folder_that_is_named_after_a_question_is_its_answer(tmp_path: Path) -> None:
    folder = write(tmp_path / "alice" / "q02", {"answer.py": NUMPY, "util.py": b"", "answer.md": "Why."})
    (read,) = read_paths([folder], BANK)
    assert (read.candidate, read.explanations) == ("alice", {"multi-head-attention": "Why."})
    assert only_answer(read).files.keys() == {"answer.py", "util.py"}


def test_answers_that_are_not_asked_for_are_passed_over_in_silence(tmp_path: Path) -> None:
    others = {"q05.py": NUMPY, "q08.ipynb": b"broken", "gan/a.py": TORCH, "gan/b.py": TORCH, "q10.py": b"#" * 3_000_000}
    folder = write(tmp_path / "alice", {"q02.py": NUMPY, **others})
    read = read_submission(folder, BANK, [ATTENTION.id])
    assert found(read) == {("multi-head-attention", "numpy", "q02.py")}
    assert not read.problems
    assert not read_submission(folder, BANK, [ENCODER.id]).answers  # and none of them is taken for another


def test_a_single_file_takes_the_name_of_its_stem_or_folder(tmp_path: Path) -> None:
    folder = write(tmp_path / "alice", {"q02.py": NUMPY, "bob.py": NUMPY, "q05/answer.py": NUMPY})
    assert read_submission(folder / "q02.py", BANK).candidate == "alice"
    assert read_submission(folder / "bob.py", [ATTENTION]).candidate == "bob"
    (nested,) = read_paths([folder / "q05" / "answer.py"], [GPT])
    assert (nested.candidate, nested.answers[0].question) == ("alice", "gpt-generation")


# Cohorts


def test_a_folder_of_submissions_is_a_cohort(tmp_path: Path) -> None:
    write(tmp_path, {"alice/q02.py": NUMPY, "bob/work/q02/answer.py": TORCH, "eve/notes.txt": "", "README.md": "",
                     "dan.tar.gz": b"broken", ".git/config": ""})  # fmt: skip
    (tmp_path / "fay").mkdir()
    with zipfile.ZipFile(tmp_path / "carol.zip", "w") as packed:
        packed.writestr("carol-main/q05.py", NUMPY)
    reads = {read.candidate: read for read in read_paths([tmp_path], BANK)}
    assert list(reads) == ["alice", "bob", "carol", "dan", "eve", "fay"]
    assert [len(read.answers) for read in reads.values()] == [1, 1, 1, 0, 0, 0]
    assert "cannot be read as an archive" in reads["dan"].problems[0].message
    assert "holds no answer; name one q02.py" in reads["eve"].problems[0].message
    assert not any(reads[name].problems for name in ("alice", "bob", "carol"))


@pytest.mark.parametrize(
    "files",
    [
        {"q02.py": NUMPY, "helpers/x.py": b""},
        {"q02/answer.py": NUMPY},
        {"src/q02.py": NUMPY, "data/x.csv": b""},
        {"numpy/q02.py": NUMPY, "torch/q02.py": TORCH},
        {"submission.toml": b'[[answers]]\nquestion = 2\npath = "work/a.py"', "work/a.py": NUMPY},
    ],
)
def test_a_folder_with_answers_of_its_own_is_one_submission(tmp_path: Path, files: dict[str, bytes]) -> None:
    (read,) = read_paths([write(tmp_path / "alice", files)], BANK)
    assert read.candidate == "alice" and read.answers


def test_loose_files_are_a_cohort_where_one_question_is_asked_for(tmp_path: Path) -> None:
    write(tmp_path / "cohort", {"alice.py": NUMPY, "bob.ipynb": notebook("import torch")})
    reads = read_paths([tmp_path / "cohort"], BANK, [ATTENTION.id])
    assert [(read.candidate, only_answer(read).framework) for read in reads] == [("alice", "numpy"), ("bob", "torch")]


def test_candidates_that_are_numbered_are_not_taken_for_questions(tmp_path: Path) -> None:
    files = {f"{candidate:02d}/{name}": NUMPY for candidate in (1, 2, 5) for name in ("q02.py", "q05.py")}
    reads = read_paths([write(tmp_path / "cohort", files)], BANK)
    assert [(read.candidate, len(read.answers)) for read in reads] == [("01", 2), ("02", 2), ("05", 2)]


def test_candidates_names_differ_and_a_path_comes_before_a_claim(tmp_path: Path) -> None:
    files = {"mallory/submission.toml": 'candidate = "Zoe"', "mallory/q02.py": NUMPY, "zoe/q02.py": NUMPY}
    write(tmp_path / "a", files)
    write(tmp_path / "b", {"zoe/q02.py": NUMPY})
    reads = read_paths([tmp_path / "a", tmp_path / "b" / "zoe"], BANK)
    assert [(read.path.parent.name, read.path.name, read.candidate) for read in reads] == [
        ("a", "mallory", "Zoe (3)"),
        ("a", "zoe", "zoe"),
        ("b", "zoe", "zoe (2)"),
    ]
    assert all(answer.candidate == read.candidate for read in reads for answer in read.answers)


@pytest.mark.parametrize(
    ("claimed", "candidate"),
    [
        ("../../etc", "_.._etc"),
        ("..", "unnamed"),
        ("", "unnamed"),
        (".hidden", "hidden"),
        ("a/b\\c:d", "a_b_c_d"),
        ("red\\u001b[31m\\u202Ename", "red\ufffd[31m\ufffdname"),
        ("result.json", "result_json"),
        ("x" * 500, "x" * 100),
        ("汉" * 500, "汉" * 66),
        ("王 小明", "王 小明"),
    ],
)
def test_a_candidates_name_is_fit_for_a_folder(tmp_path: Path, claimed: str, candidate: str) -> None:
    manifest = 'candidate = "' + claimed.replace("\\c", "\\\\c") + '"'
    read = read_submission(write(tmp_path / "x", {"submission.toml": manifest, "q02.py": NUMPY}), BANK)
    assert read.candidate == candidate
    (tmp_path / "out" / read.candidate).mkdir(parents=True)
    assert (tmp_path / "out" / read.candidate).resolve().parent == tmp_path / "out"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_links_and_pipes_among_submissions_are_told(tmp_path: Path) -> None:
    cohort = write(tmp_path / "cohort", {"alice/q02.py": NUMPY})
    write(tmp_path / "elsewhere", {"q02.py": NUMPY})
    (cohort / "bob").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    (cohort / "eve.py").symlink_to("/dev/zero")
    os.mkfifo(cohort / "dan.zip")
    os.mkfifo(cohort / "alice" / "q05.py")
    reads = {read.candidate: read for read in read_paths([cohort], BANK)}
    assert {name: len(read.answers) for name, read in reads.items()} == {"alice": 1, "bob": 0, "dan": 0, "eve": 0}
    assert "is a link" in reads["bob"].problems[0].message and "is a link" in reads["eve"].problems[0].message
    assert "not a regular file" in reads["dan"].problems[0].message
    assert reads["alice"].problems[0].question == "gpt-generation"


def test_a_path_that_the_operator_gives_may_be_a_link(tmp_path: Path) -> None:
    write(tmp_path / "alice", {"q02.py": NUMPY})
    (tmp_path / "latest").symlink_to(tmp_path / "alice", target_is_directory=True)
    (read,) = read_paths([tmp_path / "latest"], BANK)
    assert (read.candidate, len(read.answers)) == ("alice", 1)


# Bad usage


def test_bad_paths_are_usage_errors_that_name_them(tmp_path: Path) -> None:
    write(tmp_path, {"grades.xlsx": b"1"})
    (tmp_path / "empty").mkdir()
    for name, message in [
        ("absent", "is not there"),
        ("grades.xlsx", "no submission"),
        ("empty", "is empty; put answers"),
    ]:
        with pytest.raises(UsageError, match=message) as error:
            read_paths([tmp_path / name], BANK)
        assert name in str(error.value)
    with pytest.raises(UsageError, match="absent"):
        read_submission(tmp_path / "absent", BANK)


# Anything else


def test_the_number_of_problems_is_capped(tmp_path: Path) -> None:
    read = read_submission(write(tmp_path / "alice", {f"x{number}.py": "" for number in range(80)}), BANK)
    assert len(read.problems) == submission.MAX_PROBLEMS + 1
    assert "30 more problems" in read.problems[-1].message


@given(
    content=st.one_of(
        st.binary(max_size=300), st.sampled_from([b"PK\x03\x04", b"\x1f\x8b\x08\x00", b'{"cells": [{}]}'])
    ),
    name=st.sampled_from(
        ["alice.zip", "alice.tar.gz", "alice.ipynb", "q02.ipynb", "q02.py", "submission.toml", "q02.md"]
    ),
)
def test_no_bytes_stop_the_reading_of_a_submission(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, name: str
) -> None:
    folder = write(tmp_path_factory.mktemp("any") / "alice", {"alice/" + name: content, "alice/q05.py": NUMPY})
    read = read_submission(folder, BANK)
    assert ("gpt-generation", "numpy", "q05.py") in found(read)
    if not name.endswith((".toml", ".md")):
        alone = read_submission(folder / "alice" / name, BANK)
        assert alone.answers or alone.problems


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["", "candidate = ", "answers = ", "[[answers]]\n", "question = ", "path = ", "framework = "]
            ),
            st.one_of(
                st.integers(), st.text(max_size=20), st.sampled_from(["q02.py", "multi-head-attention", "..", "."])
            ),
        ),
        max_size=8,
    )
)
def test_no_submission_toml_stops_the_reading(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[str, int | str]]
) -> None:
    manifest = "\n".join(f"{key}{json.dumps(value)}" for key, value in lines)
    folder = write(tmp_path_factory.mktemp("toml"), {"submission.toml": manifest, "q02.py": NUMPY})
    read = read_submission(folder, BANK)
    assert read.answers or read.problems
    assert "/" not in read.candidate and not read.candidate.startswith(".")
