"""Fuzzes the intake: whatever a candidate hands in gives answers, or problems that say what is wrong with it.

    python tests/fuzz/fuzz_intake.py -max_total_time=60

An input's first byte says what it is: the bytes of a file, alone or in a folder; those of a tar, whose checksums are
made to fit, as they stand or packed with gzip; or choices by which a zip of many files is made.
"""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import tempfile
import unicodedata
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import atheris
from fuzzing import bounded, fuzz

with atheris.instrument_imports(include=["grader", "tomllib"]):
    from grader.errors import UsageError
    from grader.submission import Answer, Submission, read_paths, read_submission

LONGEST = 1 << 14
_MOST_MEMORY = 48 << 20  # a bomb is refused at 10 MB that come out of it, and is held some times over until then
_NAMES = ["q02.py", "alice.ipynb", "alice.zip", "alice.tar", "alice.tgz", "submission.toml", "q02.md", "q02/answer.py"]
_ALONE, _IN_FOLDER = 0, len(_NAMES)
_TAR, _TAR_GZ, _TREE = 2 * len(_NAMES), 2 * len(_NAMES) + 1, 2 * len(_NAMES) + 2
_PARTS = [
    "q02",
    "q05",
    "torch",
    "numpy",
    "answer",
    "src",
    "..",
    ".",
    "",
    "submission.toml",
    "C:",
    "x" * 300,
    "é",
    "a\\b",
]
_ENDS = ["", ".py", ".ipynb", ".md", ".zip", ".rar", "/", ".PY", "_torch.py"]
_SOURCES = [
    "import torch\n",
    "from .answer import *\n",
    "import q02, numpy\n",
    "# framework: keras\n",
    "\0",
    "def f(:\n",
]


@dataclass(frozen=True)
class _Question:
    id: str
    number: int
    frameworks: tuple[str, ...] = ("numpy", "torch", "tensorflow")


_BANK = [_Question("multi-head-attention", 2), _Question("gpt-generation", 5), _Question("gan", 18, ("torch",))]
_IN_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None


def check(data: bytes) -> None:
    with tempfile.TemporaryDirectory(dir=_IN_MEMORY) as folder:
        path = _handed_in(Path(folder) / "alice", data)
        for read in bounded(lambda: _read(path), at_most=_MOST_MEMORY):
            _check(read)


def _read(path: Path) -> list[Submission]:
    try:
        return [read_submission(path, _BANK), *read_paths([path], _BANK[:1])]
    except UsageError as error:
        assert str(path) in str(error) and "\n" not in str(error), f"not one clear sentence: {error}"
        return []


def _check(read: Submission) -> None:
    assert read.answers or read.problems or read.explanations, "it is silent on what it has read"
    assert read.candidate and not set(read.candidate) & set("/\\\0\n") and read.candidate[0] != ".", read.candidate
    for answer in read.answers:
        _check_answer(answer)
    for problem in read.problems:
        assert problem.message and _can_be_shown(problem.where + problem.message), f"it cannot be shown: {problem}"


def _check_answer(answer: Answer) -> None:
    assert answer.main in answer.files and answer.digest
    for path in answer.files:
        parts = path.split("/")
        assert ".." not in parts and "" not in parts and _can_be_shown(path), f"{path!r} leads out of the answer"


def _can_be_shown(text: str) -> bool:
    return not {"Cc", "Cf", "Cs", "Zl", "Zp"} & set(map(unicodedata.category, text))


def _handed_in(folder: Path, data: bytes) -> Path:
    """Writes what `data` stands for, and gives its path."""
    kind, rest = data[0] if data else 0, data[1:]
    if kind < _IN_FOLDER:
        path = folder / _NAMES[kind]
    elif kind < _TAR:
        path = folder / "work" / _NAMES[kind - _IN_FOLDER]
    elif kind == _TAR:
        path, rest = folder / "alice.tar", _with_checksums(rest)
    elif kind == _TAR_GZ:
        path, rest = folder / "alice.tar.gz", gzip.compress(_with_checksums(rest), 1)
    else:
        path, rest = folder / "alice.zip", _zip_by_choices(rest)
    path.parent.mkdir(parents=True)
    path.write_bytes(rest)
    return folder if _IN_FOLDER <= kind < _TAR else path


def _with_checksums(tar: bytes) -> bytes:
    blocks = [bytearray(tar[at : at + 512]) for at in range(0, len(tar), 512)]
    for block in blocks:
        if block[257:262] == b"ustar" and len(block) == 512:
            block[148:156] = b" " * 8
            block[148:156] = f"{sum(block):06o}\0 ".encode()
    return b"".join(blocks)


def _zip_by_choices(data: bytes) -> bytes:
    choices = atheris.FuzzedDataProvider(data)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a name that comes twice is what is asked for
        for _ in range(choices.ConsumeIntInRange(0, 12)):
            parts = [choices.PickValueInList(_PARTS) for _ in range(choices.ConsumeIntInRange(1, 4))]
            member = zipfile.ZipInfo("/".join(parts) + choices.PickValueInList(_ENDS))
            if choices.ConsumeIntInRange(0, 9) == 0:
                member.filename += choices.ConsumeUnicodeNoSurrogates(8)
                member.external_attr = choices.ConsumeIntInRange(0, (1 << 32) - 1)
            file.writestr(member, _content(choices, member.filename))
    return packed.getvalue()


def _content(choices: atheris.FuzzedDataProvider, name: str) -> bytes:
    lines = [choices.PickValueInList(_SOURCES) for _ in range(choices.ConsumeIntInRange(0, 4))]
    if name.endswith(".ipynb"):
        return _notebook("".join(lines), choices.ConsumeUnicode(20))
    if name.endswith(".toml"):
        candidate = json.dumps(choices.ConsumeUnicode(9))
        path = choices.PickValueInList(_PARTS) + choices.PickValueInList(_ENDS)
        return f'candidate = {candidate}\nanswers = [{{question = 2, path = "{path}"}}]'.encode(errors="replace")
    return "".join(lines).encode() + choices.ConsumeBytes(20)


def _notebook(*cells: str) -> bytes:
    return json.dumps(
        {"cells": [{"cell_type": "code", "source": cell} for cell in cells], "nbformat": 4, "metadata": {}}
    ).encode()


def _seeds() -> Iterator[bytes]:
    source = b"import torch\nfrom q05 import x\n"
    manifest = b'candidate = "Al"\n[[answers]]\nquestion = "gan"\npath = "q02.py"\nframework = "torch"\n'
    notebook = _notebook("%matplotlib inline\nimport torch\n!ls\n", "%%bash\nls", "x = ('%d'\n % 3)")
    files = {"q02.py": source, "q05/answer.py": b"x = 1", "q18.ipynb": notebook, "submission.toml": manifest}
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    for form in (tarfile.PAX_FORMAT, tarfile.GNU_FORMAT):
        tarred = io.BytesIO()
        with tarfile.open(fileobj=tarred, mode="w", format=form) as archive:
            for name, content in {**files, "q02/" + "ü" * 120 + ".py": b""}.items():
                member = tarfile.TarInfo(name)
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
        plain = tarred.getvalue()[:-8192]
        yield bytes([_TAR]) + plain
        yield bytes([_TAR_GZ]) + plain
        yield bytes([_NAMES.index("alice.tgz")]) + gzip.compress(plain)
    contents = [source, notebook, zipped.getvalue(), plain, gzip.compress(plain), manifest, b"Because.", source]
    for number, content in enumerate(contents):
        yield bytes([_ALONE + number]) + content
        yield bytes([_IN_FOLDER + number]) + content
    for step in (1, 3, 7, 31):
        yield bytes([_TREE]) + bytes(step * n % 256 for n in range(256))


if __name__ == "__main__":
    fuzz("intake", check, _seeds(), LONGEST)
