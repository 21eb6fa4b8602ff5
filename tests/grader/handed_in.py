"""A bank of questions, and what a candidate hands in to them, for the tests of intake."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.submission import Answer, Submission


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


def notebook(*cells: str | list[str], outputs: object = ()) -> bytes:
    code = [{"cell_type": "code", "metadata": {}, "outputs": outputs, "source": cell} for cell in cells]
    prose = {"cell_type": "markdown", "metadata": {}, "source": "# Attention"}
    return json.dumps({"cells": [prose, *code], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def make_zip(path: Path, members: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def make_tar(path: Path, *members: tarfile.TarInfo | tuple[str, bytes], mode: str = "w:gz") -> Path:
    with tarfile.open(path, mode) as file:  # type: ignore[call-overload]
        for member in members:
            if isinstance(member, tuple):
                info = tarfile.TarInfo(member[0])
                info.size = len(member[1])
                file.addfile(info, io.BytesIO(member[1]))
            else:
                file.addfile(member)
    return path


def found(read: Submission) -> set[tuple[str, str, str]]:
    return {(answer.question, answer.framework, answer.main) for answer in read.answers}


def only_answer(read: Submission) -> Answer:
    assert not read.problems, read.problems
    (answer,) = read.answers
    return answer
