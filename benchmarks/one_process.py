"""A pytest plugin for what most graders do: rubric, reference and answer in one pytest process.

BENCH_QUESTION=ID BENCH_ANSWER=FILE python -m pytest -p one_process rubrics/ID/rubric.py
"""

from __future__ import annotations

import os
import zlib
from pathlib import Path
from typing import Any

import native
import numpy as np
import pytest

from grader.bank import Question, find_question, load_bank
from grader.failure import AnswerFailure
from grader.proxy import Candidate
from grader.source import Source
from grader.verdicts import Verdict


class InProcess:
    """Stands where `grader.proxy.Session` does, and makes each call here."""

    def __init__(self, question: Question, code: bytes, name: str) -> None:
        self.question, self.source = question, Source({}, "", "torch")
        self._answer = native.load(code, name)

    def request(self, what: str, callbacks: Any, **message: Any) -> Any:
        try:
            return native.to_plain(native.call(self._answer, native.to_native(message)))
        except Exception as error:
            types = tuple(kind.__name__ for kind in type(error).__mro__)
            raise AnswerFailure(Verdict.RUNTIME_ERROR, f"{what}: {error}", types=types) from error

    def failing(self, failure: AnswerFailure) -> Exception:
        return failure


@pytest.fixture(scope="session")
def question() -> Question:
    return find_question(load_bank(more=[Path(__file__).parent / "bank"]), os.environ["BENCH_QUESTION"])


@pytest.fixture(scope="session")
def candidate(question: Question) -> Candidate:
    code = Path(os.environ["BENCH_ANSWER"]).read_bytes()
    return Candidate(InProcess(question, code, "answer"))  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def reference(question: Question) -> Candidate:
    return Candidate(InProcess(question, question.reference_source("torch"), "reference"))  # type: ignore[arg-type]


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(request.node.name.encode()))


@pytest.fixture
def framework() -> str:
    return "torch"


def pytest_collection_modifyitems(items: list[pytest.Function]) -> None:
    """Leave the criteria of other frameworks out."""
    items[:] = [item for item in items if "torch" in (item.obj.criterion.frameworks or ("torch",))]
