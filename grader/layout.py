"""Where in a submission the answers lie, by the names of its files and folders."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Protocol

from grader.files import ARCHIVES, CODE, OTHER_ARCHIVES, Tree

ALIASES = {"numpy": "numpy", "np": "numpy", "torch": "torch", "pytorch": "torch"}
ALIASES |= dict.fromkeys(("tensorflow", "tf", "keras"), "tensorflow")
# Which module of a question's folder is loaded: the lowest. The question's own name ranks 1, a bare ``torch.py`` 0.
_ROLES = {"": 0, "answer": 0, "main": 2, "solution": 3}


class QuestionKey(Protocol):
    """What intake knows of a question."""

    @property
    def id(self) -> str: ...
    @property
    def number(self) -> int: ...
    @property
    def frameworks(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class Problem:
    """Something that could not be read.

    Attributes:
        where: Path within the submission.
        message: One sentence whose subject is `where`, such as ``"is a link, and links are not followed; …"``.
        question: Id of the question that it concerns, where that is known.
    """

    where: str
    message: str
    question: str | None = None


@dataclass(frozen=True)
class Name:
    """What a file's or folder's name says. `role` ranks the modules of a question's folder: the lowest is loaded."""

    question: QuestionKey | None = None
    framework: str | None = None
    role: int | None = None

    @property
    def is_framework(self) -> bool:
        """Whether it says a framework and nothing else of note, as ``torch`` and ``torch_answer`` do."""
        return self.framework is not None and self.role == 0


class Names:
    """Reads names of files and folders against the bank."""

    def __init__(self, questions: Collection[QuestionKey], only: Collection[str] | None) -> None:
        self.asked = [question for question in questions if only is None or question.id in only]
        self.sole = self.asked[0] if len(self.asked) == 1 else None
        self._by_id = {question.id.replace("-", "_"): question for question in questions}
        self._by_number = {question.number: question for question in questions}
        self.read = cache(self._read)

    def question(self, text: str) -> QuestionKey | None:
        """The question named ``multi_head_attention``, ``2``, ``q02`` or ``02_multi_head_attention``."""
        if text in self._by_id:
            return self._by_id[text]
        parts = re.fullmatch(r"(?:q|question)?_?([0-9]{1,4})(?:_(.+))?", text)
        question = self._by_number.get(int(parts[1])) if parts else None
        return question if parts and (parts[2] is None or self._by_id.get(parts[2]) is question) else None

    def example(self) -> str:
        """A name that would be understood."""
        return f"q{self.asked[0].number:02d}.py or {self.asked[0].id.replace('-', '_')}.py" if self.asked else "q02.py"

    def _read(self, name: str) -> Name:
        words = words_of(name)
        if question := self.question("_".join(words)):
            return Name(question)
        frameworks = {ALIASES[word] for word in words if word in ALIASES}
        framework = frameworks.pop() if len(frameworks) == 1 else None
        rest = [word for word in words if word not in ALIASES]
        role = _ROLES.get("_".join(rest)) if rest or framework else None
        return Name(self.question("_".join(word for word in rest if word not in _ROLES)), framework, role)


@dataclass(frozen=True)
class Place:
    """Where an answer lies. `whole`: it brings all that lies below `base`, not only what it imports."""

    question: QuestionKey
    framework: str | None
    base: str
    main: str
    whole: bool


class Layout:
    """Where among some paths the answers lie."""

    def __init__(self, paths: Collection[str], names: Names) -> None:
        self._names = names
        self.code = sorted(filter(is_code, paths), key=lambda path: (path.count("/"), path))

    def locate(self, path: str) -> tuple[str, Name] | None:
        """The shortest leading part of `path` whose last name is a question's, and what that name says."""
        outer = None
        parts = path.split("/")
        said = [self._names.read(part) for part in (*parts[:-1], stem_of(parts[-1]))]
        for depth, name in enumerate(said):
            # ``02/q05.py``: where a bare number holds named answers it numbers a candidate
            numbers_candidate = parts[depth].isdecimal() and depth + 1 < len(parts) and said[depth + 1].question
            if name.question and not numbers_candidate:
                return "/".join(parts[: depth + 1]), replace(name, framework=name.framework or outer)
            if name.is_framework:
                outer = name.framework
        return None

    def places(self) -> Iterator[Place | Problem]:
        """The answers that names tell, and folders that are named after a question and hold none."""
        seen = set()
        for path in self.code:
            prefix, name = self.locate(path) or ("", Name())
            if name.question is None or prefix in seen:
                continue
            seen.add(prefix)
            if prefix == path:
                yield Place(name.question, name.framework, parent_of(path), path, whole=False)
            else:
                yield from self.in_folder(prefix, name.question, name.framework)

    def in_folder(self, folder: str, question: QuestionKey, framework: str | None) -> list[Place | Problem]:
        """The answers in a folder that is about one question, or the problem that there is none."""
        message = "has no module named answer.py or answer.ipynb; rename the one to load"
        return [*self._modules(folder, question, framework)] or [Problem(folder or ".", message, question.id)]

    def _modules(self, folder: str, question: QuestionKey, framework: str | None) -> list[Place]:
        inside = [below(path, folder) for path in self.code if is_below(path, folder)]
        direct = [path for path in inside if "/" not in path]
        subfolders = sorted({path.split("/")[0] for path in inside if "/" in path})
        places: list[Place] = []
        for name in subfolders:
            said = self._names.read(name)
            if said.is_framework:
                places += self._modules(join(folder, name), question, said.framework)
        ranked: dict[str | None, list[tuple[int, str]]] = {}
        for path in direct:
            said = self._names.read(stem_of(path))
            role = 1 if said.question is question else said.role
            if role is not None:
                ranked.setdefault(said.framework, []).append((role, path))
        mains = [(says, path) for says, modules in ranked.items() for role, path in modules if role == min(modules)[0]]
        if not places and not mains:
            alone = [path for path in direct if path != "__init__.py"]
            if len(alone) == 1:
                mains = [(None, alone[0])]
            elif not direct and len(subfolders) == 1:
                return self._modules(join(folder, subfolders[0]), question, framework)
        return places + [
            Place(question, says or framework, folder, join(folder, path), whole=True) for says, path in mains
        ]


def unwrapped(tree: Tree, names: Names) -> Tree:
    """`tree` without the folders that only wrap it, such as the ``alice/`` of ``alice.zip``."""
    tops = {path.partition("/")[0] for path in (*tree.files, *tree.refused)}
    wrapper = tops.pop() if len(tops) == 1 else None
    if wrapper is None or wrapper in tree.files or wrapper in tree.refused:
        return tree
    if names.read(wrapper).question or names.read(wrapper).is_framework:
        return tree
    files = {below(path, wrapper): content for path, content in tree.files.items()}
    return unwrapped(Tree(files, {below(path, wrapper): reason for path, reason in tree.refused.items()}), names)


def words_of(text: str) -> list[str]:
    return [word for word in re.split(r"[\W_]+", text.casefold()) if word]


def is_code(path: str) -> bool:
    return path.lower().endswith(CODE)


def stem_of(name: str) -> str:
    known = (*CODE, *ARCHIVES, *OTHER_ARCHIVES, ".md")
    suffix = next((suffix for suffix in known if name.lower().endswith(suffix)), "")
    return name[: len(name) - len(suffix)]


def parent_of(path: str) -> str:
    return path.rpartition("/")[0]


def join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def is_below(path: str, folder: str) -> bool:
    return not folder or path.startswith(f"{folder}/")


def below(path: str, folder: str) -> str:
    return path[len(folder) + 1 :] if folder else path
