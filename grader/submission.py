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
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import sys
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from grader import archive
from grader.archive import ARCHIVES, CODE, Tree, printable
from grader.errors import SubmissionError, UsageError
from grader.layout import ALIASES, Layout, Names, Place, below, is_below, is_code, join, stem_of
from grader.layout import Problem as Problem
from grader.layout import QuestionKey as QuestionKey
from grader.manifest import MANIFEST, read_manifest
from grader.notebook import imports, to_module

MAX_ANSWER_FILES = 200
MAX_ANSWER_BYTES = 2 * archive.MB
MAX_EXPLANATION = 20_000  # characters
MAX_PROBLEMS = 50
MAX_NAME = 100  # characters of a candidate's name
MAX_NAME_BYTES = 200
MAX_IMPORT_DEPTH = 10  # parts of a dotted name that are looked up
_IMPORTED = {"torch": "torch", "torchvision": "torch", "transformers": "torch", "numpy": "numpy"}
_IMPORTED |= dict.fromkeys(("tensorflow", "keras", "tf_keras", "tensorflow_probability"), "tensorflow")
_NEVER_OWN = sys.stdlib_module_names | _IMPORTED.keys()  # never a module of the candidate's, whatever files lie there
_DIVIDING = {"src", "code", "answers", "solutions", "notebooks"}  # folders that divide one submission
_COMMENT = re.compile(rb"[ \t]*#[ \t]*framework[ \t]*[:=][ \t]*([A-Za-z_]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Answer:
    """One candidate's code for one question in one framework.

    Attributes:
        candidate: Name of the submission.
        question: Id of the question.
        framework: ``"numpy"``, ``"torch"`` or ``"tensorflow"``.
        files: Relative posix path -> content; what the worker will see. A notebook is in it as ``answer.ipynb.py``.
        main: Key of `files`: the module to load.
    """

    candidate: str
    question: str
    framework: str
    files: Mapping[str, bytes]
    main: str

    @property
    def digest(self) -> str:
        """SHA-256 of framework, main and files in hexadecimal: the same from a folder and from an archive."""
        total = hashlib.sha256()
        parts = [self.framework.encode(), self.main.encode()]
        for path, content in sorted(self.files.items()):
            parts += [path.encode(), content]
        for part in parts:
            total.update(len(part).to_bytes(8, "big") + part)
        return total.hexdigest()


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
    names = Names(questions, only)
    own = names.read(stem_of(Path(os.path.abspath(path)).name)).question
    return _read(path, _path_name(path, names), names, own if own in names.asked else names.sole)


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
        cohort = _cohort(real, names)
        found += [_read(member, _safe_name(stem_of(member.name)), names, names.sole) for member in cohort]
        if not cohort:
            found.append(read_submission(real, questions, only))
    return _distinct(found, names)


def _read(path: Path, candidate: str, names: Names, meant: QuestionKey | None) -> Submission:
    try:
        return _Reader(path, candidate, _read_tree(path), names, meant).submission()
    except SubmissionError as error:
        return Submission(candidate, path, (), (Problem(printable(path.name), str(error)),), {})


def _read_tree(path: Path) -> Tree:
    try:
        mode = os.lstat(path).st_mode
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror})") from error
    name = path.name.lower()
    if stat.S_ISDIR(mode):
        return archive.read_folder(path)
    if name.endswith(CODE) or not stat.S_ISREG(mode):
        limit = archive.MAX_NOTEBOOK_BYTES if name.endswith(".ipynb") else archive.MAX_FILE_BYTES
        return Tree({archive.checked_path(path.name): archive.read_file(path, limit)}, {})
    if name.endswith(ARCHIVES):
        return archive.read_archive(path)
    raise UsageError(f"{path} is no submission; give a folder or one of {', '.join((*CODE, *ARCHIVES))}")


def _cohort(folder: Path, names: Names) -> list[Path]:
    """The submissions in a cohort; none where `folder` is one submission itself."""
    if not folder.is_dir():
        return []
    try:
        entries = sorted(entry for entry in folder.iterdir() if not archive.skipped(entry.name))
    except OSError as error:
        raise UsageError(f"{folder} cannot be read ({error.strerror})") from error
    if not entries:
        raise UsageError(f"{folder} is empty; put answers there, such as {names.example()}, or submissions")
    members, refused = archive.list_folder(folder)
    layout = Layout([*(member.path for member in members), *refused], names)
    tops = {located[0] for path in layout.code if (located := layout.locate(path))} & {entry.name for entry in entries}
    if tops or names.read(folder.name).question or folder / MANIFEST in entries:
        return []
    modules = [entry for entry in entries if is_code(entry.name) and entry.is_file()]
    others = [
        entry for entry in entries if not entry.is_file() or entry.is_symlink() or entry.name.lower().endswith(ARCHIVES)
    ]
    if any(entry.name.lower() in _DIVIDING or names.read(entry.name).is_framework for entry in others):
        return []
    if names.sole and any(names.read(stem_of(entry.name)).role is not None for entry in modules):
        return []
    loose = modules if names.sole and len(modules) + len(others) > 1 else []
    return sorted({*loose, *others})


def _distinct(found: Sequence[Submission], names: Names) -> list[Submission]:
    def claimed(index: int) -> bool:
        path = found[index].path
        return found[index].candidate not in (_safe_name(stem_of(path.name)), _path_name(path, names))

    named: dict[int, Submission] = {}
    taken: set[str] = set()
    for index in sorted(range(len(found)), key=claimed):
        candidate, number = found[index].candidate, 1
        while candidate.casefold() in taken:
            number += 1
            suffix = f" ({number})"
            candidate = found[index].candidate[: MAX_NAME - len(suffix)] + suffix
        taken.add(candidate.casefold())
        answers = tuple(replace(answer, candidate=candidate) for answer in found[index].answers)
        named[index] = replace(found[index], candidate=candidate, answers=answers)
    return [named[index] for index in range(len(found))]


def _path_name(path: Path, names: Names) -> str:
    """The candidate's name by a path: ``alice`` of ``alice.zip``, ``alice/q02.py`` and ``alice/q02/answer.py``."""
    absolute = Path(os.path.abspath(path))
    for part in (stem_of(absolute.name), *(parent.name for parent in absolute.parents)):
        said = names.read(part)
        if part and not said.question and said.role is None and part.lower() not in _DIVIDING:
            return _safe_name(part)
    return _safe_name(stem_of(absolute.name))


def _safe_name(text: str) -> str:
    """`text` as a folder's name on any system: not hidden, and not the name of a report file beside it."""
    shown = re.sub(r'[/\\:*?"<>|]', "_", printable(unicodedata.normalize("NFC", text)))
    shown = re.sub(r"\.(json|html?|xml|csv|md|db|sqlite)$", r"_\1", shown.strip(), flags=re.IGNORECASE)
    cut = shown.lstrip(". ")[:MAX_NAME].encode()[:MAX_NAME_BYTES].decode(errors="ignore")
    return cut.rstrip(". ") or "unnamed"


class _Reader:
    """Makes a `Submission` of a tree of files."""

    def __init__(self, path: Path, candidate: str, tree: Tree, names: Names, meant: QuestionKey | None) -> None:
        self._path = path
        self._candidate = candidate
        self._names = names
        self._meant = meant
        self._tree = _unwrapped(tree, names)
        self._layout = Layout([*self._tree.files, *self._tree.refused], names)
        self._problems = [Problem(path, reason, self._about(path)) for path, reason in self._tree.refused.items()]
        self._listed: list[Place | Problem] | None = None
        if MANIFEST in self._tree.files:
            try:
                claimed, self._listed = read_manifest(self._tree.files[MANIFEST], self._layout, names)
                self._candidate = candidate if claimed is None else _safe_name(claimed)
            except SubmissionError as error:
                self._problems.append(Problem(MANIFEST, str(error)))
        self._source = cache(self._read_source)
        self._imports = cache(self._read_imports)

    def submission(self) -> Submission:
        places = self._places()
        answers: dict[tuple[str, str], Answer] = {}
        mains: dict[tuple[str, str], str] = {}
        for place in places:
            try:
                answer = self._answer(place, places)
            except SubmissionError as error:
                self._problems.append(Problem(place.main, str(error), place.question.id))
                continue
            key = answer.question, answer.framework
            if key in answers:
                message = f"is a second {answer.framework} answer to {answer.question}; {mains[key]} is graded"
                self._problems.append(Problem(place.main, message, answer.question))
            else:
                answers[key], mains[key] = answer, place.main
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
        used = {path for place in places if place.main in self._tree.files for path in self._reached(place)}
        for path in self._tree.files:
            if path.lower().endswith(ARCHIVES):
                yield Problem(path, "is an archive inside the submission, and these are not opened; unpack it")
            elif is_code(path) and path not in used and not self._layout.locate(path):
                yield Problem(
                    path, f"is not named after a question and no answer imports it; name it {self._names.example()}"
                )

    def _answer(self, place: Place, places: Sequence[Place]) -> Answer:
        reached = self._reached(place)
        paths = [place.main, *sorted(reached - {place.main})]
        if place.whole:
            inner = [other for other in places if other is not place and is_below(other.main, place.base)]
            paths += sorted(path for path in self._tree.files.keys() - reached if self._brings(place, path, inner))
        files: dict[str, bytes] = {}
        left = MAX_ANSWER_BYTES
        left_out = []
        for path in paths:
            content = self._source(path)
            key = _key(path, place.base)
            if len(files) < MAX_ANSWER_FILES and len(content) <= left and key not in files:
                files[key] = content
                left -= len(content)
            else:
                left_out.append(path)
        holds = f"an answer may hold {MAX_ANSWER_FILES} files and {MAX_ANSWER_BYTES // archive.MB} MB"
        if place.main in left_out:
            raise SubmissionError(f"is too large; {holds}")
        if left_out:
            message = f"was left out, the first of {len(left_out)}; {holds}"
            self._problems.append(Problem(left_out[0], message, place.question.id))
        framework = place.framework or self._framework(place, reached)
        if framework not in place.question.frameworks:
            asked = " or ".join(place.question.frameworks)
            raise SubmissionError(
                f"is a {framework} answer, but {place.question.id} asks for {asked}; "
                f"if it is one, say so in its first line: # framework: {place.question.frameworks[0]}"
            )
        return Answer(self._candidate, place.question.id, framework, files, _key(place.main, place.base))

    def _brings(self, place: Place, path: str, inner: Iterable[Place]) -> bool:
        """Whether a folder's answer brings the file at `path`: no notebook, nor what is another answer's in it."""
        if not is_below(path, place.base) or path.lower().endswith((".ipynb", "answer.md", *ARCHIVES)):
            return False
        return not any(
            path == other.main or (other.base != place.base and is_below(path, other.base)) for other in inner
        )

    def _framework(self, place: Place, reached: Iterable[str]) -> str:
        """What a comment says, else what the answer's modules import."""
        for line in self._source(place.main).split(b"\n", 10)[:10]:
            if said := _COMMENT.match(line):
                name = said[1].decode().lower()
                return ALIASES.get(name, name)
        roots = {dotted.split(".")[0] for path in reached for level, dotted in self._imports(path) if level == 0}
        imported = [name for name in ("torch", "tensorflow") if name in map(_IMPORTED.get, roots)]
        return next((name for name in imported if name in place.question.frameworks), (*imported, "numpy")[0])

    def _reached(self, place: Place) -> set[str]:
        """The module of an answer and those that it imports, directly or not, from its own folder."""
        reached: set[str] = set()
        pending = [place.main]
        while pending:
            path = pending.pop()
            if path not in reached:
                reached.add(path)
                pending += self._imported(path, place.base)
        return reached

    def _imported(self, path: str, base: str) -> Iterator[str]:
        for level, dotted in self._imports(path):
            words = dotted.split(".", MAX_IMPORT_DEPTH)[:MAX_IMPORT_DEPTH]
            if level == 0 and words[0] in _NEVER_OWN:
                continue
            folder = base if level == 0 else "/".join(path.split("/")[:-level])
            for depth in range(1, len(words) + 1):
                stem = join(folder, "/".join(words[:depth]))
                found = [option for option in (f"{stem}.py", f"{stem}/__init__.py") if option in self._tree.files]
                yield from (option for option in found if is_below(option, base))

    def _read_source(self, path: str) -> bytes:
        content = self._tree.files[path]
        return to_module(content) if path.lower().endswith(".ipynb") else content

    def _read_imports(self, path: str) -> frozenset[tuple[int, str]]:
        try:
            return imports(self._source(path))
        except SubmissionError:  # a broken notebook: told where it is an answer
            return frozenset()

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


def _unwrapped(tree: Tree, names: Names) -> Tree:
    """`tree` without the folders that only wrap it, such as the ``alice/`` of ``alice.zip``."""
    tops = {path.partition("/")[0] for path in (*tree.files, *tree.refused)}
    wrapper = tops.pop() if len(tops) == 1 else None
    if wrapper is None or wrapper in tree.files or wrapper in tree.refused:
        return tree
    if names.read(wrapper).question or names.read(wrapper).is_framework:
        return tree
    files = {below(path, wrapper): content for path, content in tree.files.items()}
    return _unwrapped(Tree(files, {below(path, wrapper): reason for path, reason in tree.refused.items()}), names)


def _key(path: str, base: str) -> str:
    """The key of a file in its answer: its path from the answer's folder; a notebook is named as a module."""
    return below(path, base) + (".py" if path.lower().endswith(".ipynb") else "")
