"""Intake: finds the answers in what a candidate handed in.

A submission is a folder, a ``.zip``, ``.tar``, ``.tar.gz`` or ``.tgz``, or a single ``.py`` or ``.ipynb``. An answer is
found by its question's number or id in the name of a file (``q02.py``, ``02.py``, ``multi-head-attention_torch.ipynb``)
or of a folder (``q02/answer.py``, ``q02/torch/answer.py``, ``multi_head_attention/torch_answer.py``). A file brings the
modules that it imports from its own folder; a folder brings all that is in it. An ``answer.md`` in the folder, or a
``q02.md``, is the written explanation.

The framework is what a name says (``_torch``, ``torch/``), else what a comment ``# framework: torch`` in the first ten
lines says, else what the answer imports.

Where names do not fit, a ``submission.toml`` at the top lists the answers, and only those are taken::

    candidate = "Alice"                    # optional
    [[answers]]
    question = "multi-head-attention"      # or 2
    framework = "torch"                    # optional
    path = "attention/final.py"            # a file, or a folder as above

Whatever cannot be read becomes a `Problem` of the submission and stops nothing else.

From a path to answers: `cohort` tells submissions apart, `folder` and `archive` read the files of one, `layout` and
`manifest` say where in them answers lie, and `answer` says what belongs to each.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.answer import Answer as Answer
from grader.answer import Assembler
from grader.cohort import distinct, members_of, path_name, safe_name
from grader.errors import SubmissionError, UsageError
from grader.files import Tree, is_archive, printable
from grader.folder import read_tree
from grader.layout import Layout, Names, Place, is_code, stem_of, unwrapped
from grader.layout import Problem as Problem
from grader.layout import QuestionKey as QuestionKey
from grader.manifest import MANIFEST, read_manifest

MAX_EXPLANATION = 20_000  # characters
MAX_PROBLEMS = 50


@dataclass(frozen=True)
class Submission:
    """What one candidate handed in.

    Attributes:
        candidate: Name, fit for a folder's name.
        path: Where it was read from.
        answers: At most one for each question and framework.
        problems: What could not be read.
        explanations: Question id -> text of the written explanation.
    """

    candidate: str
    path: Path
    answers: tuple[Answer, ...]
    problems: tuple[Problem, ...]
    explanations: Mapping[str, str]


def read_submission(path: Path, questions: Collection[QuestionKey], only: Collection[str] | None = None) -> Submission:
    """Read one submission.

    Names are matched against `questions`; `only` keeps some ids and passes over answers to the rest in silence. Where
    one question alone can be meant, because no other is asked for or because the folder or archive is named after it,
    the names inside need not say it.

    Raises UsageError where `path` is missing or no kind of submission. Whatever else is wrong is one of its problems.
    """
    if not os.path.lexists(path):
        raise UsageError(f"{path} is not there")
    names = Names(questions, only)
    own = names.read(stem_of(Path(os.path.abspath(path)).name)).question
    return _read(path, path_name(path, names), names, own if own in names.asked else names.sole)


def read_paths(
    paths: Sequence[Path], questions: Collection[QuestionKey], only: Collection[str] | None = None
) -> list[Submission]:
    """Read submissions and cohorts.

    A folder without an answer of its own is a cohort; each folder and archive in it is a submission, and so is each
    ``.py`` and ``.ipynb`` where one question alone is asked for. No two candidates get the same name: the second
    "alice" is "alice (2)", and one whose path says so comes before one whose submission.toml does.

    Raises UsageError where a path is missing, empty, or no kind of submission.
    """
    names = Names(questions, only)
    found: list[Submission] = []
    for path in paths:
        if not (os.path.isdir(path) or os.path.isfile(path)):
            raise UsageError(f"{path} is not there, or neither a file nor a folder")
        real = path.resolve() if path.is_symlink() else path
        members = members_of(real, names)
        found += [_read(member, safe_name(stem_of(member.name)), names, names.sole) for member in members]
        if not members:
            found.append(read_submission(real, questions, only))
    by_path = [(safe_name(stem_of(read.path.name)), path_name(read.path, names)) for read in found]
    claimed = [read.candidate not in told for read, told in zip(found, by_path, strict=True)]
    candidates = distinct([read.candidate for read in found], claimed)
    return [_renamed(read, candidate) for read, candidate in zip(found, candidates, strict=True)]


def _renamed(read: Submission, candidate: str) -> Submission:
    answers = tuple(replace(answer, candidate=candidate) for answer in read.answers)
    return replace(read, candidate=candidate, answers=answers)


def _read(path: Path, candidate: str, names: Names, meant: QuestionKey | None) -> Submission:
    try:
        return _Reader(path, candidate, read_tree(path), names, meant).submission()
    except SubmissionError as error:
        return Submission(candidate, path, (), (Problem(printable(path.name), str(error)),), {})


class _Reader:
    """Makes a `Submission` of a tree of files."""

    def __init__(self, path: Path, candidate: str, tree: Tree, names: Names, meant: QuestionKey | None) -> None:
        self._path = path
        self._candidate = candidate
        self._names = names
        self._meant = meant
        self._tree = unwrapped(tree, names)
        self._wrapper = next(iter(tree.files), "").removesuffix(next(iter(self._tree.files), ""))
        self._layout = Layout([*self._tree.files, *self._tree.refused], names)
        self._problems = [Problem(path, reason, self._about(path)) for path, reason in self._tree.refused.items()]
        self._listed: list[Place | Problem] | None = None
        if MANIFEST in self._tree.files:
            try:
                claimed, self._listed = read_manifest(self._tree.files[MANIFEST], self._layout, names)
                self._candidate = candidate if claimed is None else safe_name(claimed)
            except SubmissionError as error:
                self._problems.append(Problem(MANIFEST, str(error)))
        self._assembler = Assembler(self._candidate, self._tree.files)

    def submission(self) -> Submission:
        places = self._places()
        answers: dict[tuple[str, str], Answer] = {}
        mains: dict[tuple[str, str], str] = {}
        for place in places:
            try:
                answer, problem = self._assembler.answer(place, places)
            except SubmissionError as error:
                self._problems.append(Problem(place.main, str(error), place.question.id))
                continue
            self._problems += [problem] if problem else []
            key = answer.question, answer.framework
            if key in answers:
                message = f"is a second {answer.framework} answer to {answer.question}; {mains[key]} is graded"
                self._problems.append(Problem(place.main, message, answer.question))
            else:
                answers[key] = replace(answer, folder=self._wrapper + answer.folder)
                mains[key] = place.main
        if not answers and not self._problems:
            message = f"holds no answer; name one {self._names.example()}"
            self._problems.append(Problem(printable(self._path.name), message))
        return Submission(
            self._candidate, self._path, tuple(answers.values()), self._shown_problems(), self._explanations(places)
        )

    def _places(self) -> list[Place]:
        """The answers asked for, wherever they are told from. Notes as problems what names tell and is none."""
        found: list[Place | Problem] = list(self._layout.places()) if self._listed is None else self._listed
        if self._meant and not found and self._layout.code:
            found = self._layout.in_folder("", self._meant, None)
        elif self._listed is None:
            self._problems += self._strangers([place for place in found if isinstance(place, Place)])
        self._problems += [problem for problem in found if isinstance(problem, Problem)]
        return [
            place
            for place in found
            if isinstance(place, Place) and place.question in self._names.asked and place.main in self._tree.files
        ]

    def _strangers(self, places: Iterable[Place]) -> Iterator[Problem]:
        """Modules and archives that no name and no import makes part of an answer."""
        used = {path for place in places if place.main in self._tree.files for path in self._assembler.reached(place)}
        for path in self._tree.files:
            if is_archive(path):
                yield Problem(path, "is an archive inside the submission, and these are not opened; unpack it")
            elif is_code(path) and path not in used and not self._layout.locate(path):
                yield Problem(
                    path, f"is not named after a question and no answer imports it; name it {self._names.example()}"
                )

    def _about(self, path: str) -> str | None:
        located = self._layout.locate(path)
        return located[1].question.id if located and located[1].question else None

    def _explanations(self, places: Sequence[Place]) -> dict[str, str]:
        texts: dict[str, str] = {}
        for path in sorted(path for path in self._tree.files if path.lower().endswith(".md")):
            folder, _, name = path.rpartition("/")
            located = self._layout.locate(path)
            question = self._about(path) if name.lower() == "answer.md" or (located and located[0] == path) else None
            if not question and name.lower() == "answer.md":
                question = next((place.question.id for place in places if place.whole and place.base == folder), None)
            if question in {asked.id for asked in self._names.asked} and question is not None:
                text = self._tree.files[path][: 4 * MAX_EXPLANATION].decode("utf-8-sig", errors="replace")
                texts.setdefault(question, re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", "", text)[:MAX_EXPLANATION])
        return texts

    def _shown_problems(self) -> tuple[Problem, ...]:
        asked = {None, *(question.id for question in self._names.asked)}
        problems = [problem for problem in self._problems if problem.question in asked]
        rest = len(problems) - MAX_PROBLEMS
        more = [Problem(printable(self._path.name), f"has {rest} more problems like these")] if rest > 0 else []
        return (*problems[:MAX_PROBLEMS], *more)
