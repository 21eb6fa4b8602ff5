"""A notebook's cells as a module."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.notebook import to_module
from grader.submission import read_submission
from tests.grader.handed_in import (
    BANK,
    found,
    notebook,
    only_answer,
    write,
)


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


@pytest.mark.parametrize(
    ("cell", "module"),
    [
        ("files = !ls\nx = 1", "pass\nx = 1"),
        ("if True:\n    out, err = %capture f()\nx = 1", "if True:\n    pass\nx = 1"),
        ("!pip install torch \\\n    numpy \\\n    scipy\nx = 1", "pass\n\n\nx = 1"),
        ("%%time\nx = 1", "pass\nx = 1"),
        ("?print\nprint??\nx = 1", "pass\npass\nx = 1"),
        ("%load_ext autoreload\n%autoreload 2\nx = 1", "pass\npass\nx = 1"),
        ("%%writefile q02.py\nx = 1", "pass\n"),
        ("x = 7 % 3\ny = x != 1", "x = 7 % 3\ny = x != 1"),
        ('x = """\n%d\n!s\n""" % 3', 'x = """\n%d\n!s\n""" % 3'),
        ("def f(:\n    pass", "def f(:\n    pass"),
    ],
)
def test_what_only_ipython_understands_becomes_pass(cell: str, module: str) -> None:
    assert to_module(notebook(cell)).decode() == f"# cell 1\n{module}\n"


@pytest.mark.parametrize("cells", [[], [""], ["  \n", []]])
def test_a_notebook_without_code_is_told(tmp_path: Path, cells: list[str | list[str]]) -> None:
    (problem,) = read_submission(write(tmp_path / "alice", {"q02.ipynb": notebook(*cells)}), BANK).problems
    assert (problem.where, problem.question) == ("q02.ipynb", "multi-head-attention")
    assert problem.message.startswith("holds no code cell with code in it")


def test_outputs_are_dropped_and_told_where_there_are_too_many(tmp_path: Path) -> None:
    def plots(size: int) -> bytes:
        return notebook("x = 1", outputs=[{"data": {"image/png": "A" * size}}])

    files = {"q02.ipynb": plots(9 << 20), "q05.ipynb": plots(11 << 20)}
    read = read_submission(write(tmp_path / "alice", files), BANK)
    assert [answer.files for answer in read.answers] == [{"q02.ipynb.py": b"# cell 1\nx = 1\n"}]
    (problem,) = read.problems
    assert (problem.where, problem.question) == ("q05.ipynb", "gpt-generation")
    assert problem.message == "is larger than 10 MB; clear its outputs and save it again"


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
