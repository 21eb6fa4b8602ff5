"""What belongs to an answer, and in which framework it is."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from grader.submission import Answer, read_submission
from tests.grader.handed_in import (
    BANK,
    NUMPY,
    TORCH,
    found,
    only_answer,
    write,
)


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
