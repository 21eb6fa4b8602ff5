"""What belongs to an answer: its module, the modules that it imports, its folder, and its framework."""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from grader.errors import SubmissionError
from grader.files import MB, is_archive
from grader.layout import ALIASES, Place, Problem, below, is_below, join
from grader.notebook import imports, to_module

MAX_ANSWER_FILES = 200
MAX_ANSWER_BYTES = 2 * MB
MAX_IMPORT_DEPTH = 10  # parts of a dotted name that are looked up
_IMPORTED = {"torch": "torch", "torchvision": "torch", "transformers": "torch", "numpy": "numpy"}
_IMPORTED |= dict.fromkeys(("tensorflow", "keras", "tf_keras", "tensorflow_probability"), "tensorflow")
_NEVER_OWN = sys.stdlib_module_names | _IMPORTED.keys()  # never a module of the candidate's, whatever files lie there
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
        folder: Where `files` lie in the submission, with a slash at the end; empty where they lie at its top.
    """

    candidate: str
    question: str
    framework: str
    files: Mapping[str, bytes]
    main: str
    folder: str = ""

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


class Assembler:
    """Makes answers of the files of one submission."""

    def __init__(self, candidate: str, files: Mapping[str, bytes]) -> None:
        self._candidate = candidate
        self._files = files
        self._source = cache(self._read_source)
        self._imports = cache(self._read_imports)

    def answer(self, place: Place, places: Sequence[Place]) -> tuple[Answer, Problem | None]:
        """The answer at `place`, and what was left out of it. `places` are those of all answers.

        Raises SubmissionError where it is too large, or in a framework that the question does not ask for.
        """
        reached = self.reached(place)
        paths = [place.main, *sorted(reached - {place.main})]
        if place.whole:
            inner = [other for other in places if other is not place and is_below(other.main, place.base)]
            paths += sorted(path for path in self._files.keys() - reached if _brings(place, path, inner))
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
        holds = f"an answer may hold {MAX_ANSWER_FILES} files and {MAX_ANSWER_BYTES // MB} MB"
        if place.main in left_out:
            raise SubmissionError(f"is too large; {holds}")
        framework = place.framework or self._framework(place, reached)
        if framework not in place.question.frameworks:
            asked = " or ".join(place.question.frameworks)
            raise SubmissionError(
                f"is a {framework} answer, but {place.question.id} asks for {asked}; "
                f"if it is one, say so in its first line: # framework: {place.question.frameworks[0]}"
            )
        folder = f"{place.base}/" if place.base else ""
        main = _key(place.main, place.base)
        answer = Answer(self._candidate, place.question.id, framework, files, main, folder)
        if not left_out:
            return answer, None
        message = f"was left out, the first of {len(left_out)}; {holds}"
        return answer, Problem(left_out[0], message, place.question.id)

    def reached(self, place: Place) -> set[str]:
        """The module of an answer and those that it imports, directly or not, from its own folder."""
        reached: set[str] = set()
        pending = [place.main]
        while pending:
            path = pending.pop()
            if path not in reached:
                reached.add(path)
                pending += self._imported(path, place.base)
        return reached

    def _framework(self, place: Place, reached: Iterable[str]) -> str:
        """What a comment says, else what the answer's modules import."""
        for line in self._source(place.main).split(b"\n", 10)[:10]:
            if said := _COMMENT.match(line):
                name = said[1].decode().lower()
                return ALIASES.get(name, name)
        roots = {dotted.split(".")[0] for path in reached for level, dotted in self._imports(path) if level == 0}
        imported = [name for name in ("torch", "tensorflow") if name in map(_IMPORTED.get, roots)]
        return next((name for name in imported if name in place.question.frameworks), (*imported, "numpy")[0])

    def _imported(self, path: str, base: str) -> Iterator[str]:
        for level, dotted in self._imports(path):
            words = dotted.split(".", MAX_IMPORT_DEPTH)[:MAX_IMPORT_DEPTH]
            if level == 0 and words[0] in _NEVER_OWN:
                continue
            folder = base if level == 0 else "/".join(path.split("/")[:-level])
            for depth in range(1, len(words) + 1):
                stem = join(folder, "/".join(words[:depth]))
                found = [option for option in (f"{stem}.py", f"{stem}/__init__.py") if option in self._files]
                yield from (option for option in found if is_below(option, base))

    def _read_source(self, path: str) -> bytes:
        content = self._files[path]
        return to_module(content) if path.lower().endswith(".ipynb") else content

    def _read_imports(self, path: str) -> frozenset[tuple[int, str]]:
        try:
            return imports(self._source(path))
        except SubmissionError:  # a broken notebook: told where it is an answer
            return frozenset()


def _brings(place: Place, path: str, inner: Iterable[Place]) -> bool:
    """Whether a folder's answer brings the file at `path`: no notebook, nor what is another answer's in it."""
    if not is_below(path, place.base) or path.lower().endswith((".ipynb", "answer.md")) or is_archive(path):
        return False
    return not any(path == other.main or (other.base != place.base and is_below(path, other.base)) for other in inner)


def _key(path: str, base: str) -> str:
    """The key of a file in its answer: its path from the answer's folder; a notebook is named as a module."""
    return below(path, base) + (".py" if path.lower().endswith(".ipynb") else "")
