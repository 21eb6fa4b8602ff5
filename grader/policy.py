"""The policy: a static screen of an answer before anything runs.

It is a lint: it refuses early and explains, and safety never rests on it, since the sandbox holds without it. So it
blocks only what honest machine-learning code never needs, and remarks on the rest for the reviewer.

The syntax is walked by RestrictedPython's transformer, whose output is never used: where it would refuse or rewrite,
the node is checked here instead. Names are followed through imports, aliases and literal look-ups, block by block.
"""

import ast
import importlib.util
import warnings
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TypeVar

from RestrictedPython.transformer import RestrictingNodeTransformer

from grader import policy_rules as rules
from grader.policy_rules import Block, Names, Rule, canonical, literal, look, stands_for

MAX_LENGTH = 2_000_000
MAX_FINDINGS = 100
_MAX_CODE_IN_CODE = 3  # levels of code in strings of code
_Node = TypeVar("_Node", bound=ast.AST)


@dataclass(frozen=True)
class Finding:
    """One thing that the policy found. `line` and `column` count from 1; a blocking finding keeps the answer from
    running, any other is a remark for the reviewer."""

    rule: str
    file: str
    line: int
    column: int
    message: str
    blocking: bool


def screen(source: bytes | str, filename: str, forbidden: Collection[str] = ()) -> tuple[Finding, ...]:
    """The findings of one source file, sorted by line and column; of more than `MAX_FINDINGS`, blocking ones are kept.

    `forbidden` holds the question's own short cuts as dotted names. Nothing is raised: a source with a syntax error has
    no finding, since the runner reports the error; one that is too large, or too deeply nested for Python's parser, has
    the blocking finding `too-complex`.
    """
    try:
        tree = _parse(source)
        if tree is None:
            return ()
        everything = _Screen(tree, forbidden).found
    except (RecursionError, MemoryError):
        return (_finding(_Found(1, 0, rules.TOO_COMPLEX, "This source"), filename, [""]),)
    lines = _lines(source)
    findings = {_finding(found, filename, lines) for found in everything}
    kept = sorted(findings, key=lambda f: (not f.blocking, f.line, f.column, f.rule, f.message))[:MAX_FINDINGS]
    return tuple(sorted(kept, key=lambda f: (f.line, f.column, f.rule, f.message)))


def _parse(source: bytes | str) -> ast.Module | None:
    """The syntax tree, None where there is none; raises RecursionError or MemoryError where it would be too large."""
    if len(source) > MAX_LENGTH:
        raise MemoryError
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(source)
        except (SyntaxError, ValueError):  # ValueError: null bytes, lone surrogates
            return None


def _text(source: bytes | str) -> str:
    if isinstance(source, str):
        return source
    try:
        return importlib.util.decode_source(source)
    except (SyntaxError, UnicodeDecodeError):  # the parser lets a comment pass that is not UTF-8
        return source.decode(errors="replace")


def _lines(source: bytes | str) -> list[str]:
    return _text(source).replace("\r\n", "\n").replace("\r", "\n").split("\n")


@dataclass(frozen=True)
class _Found:
    line: int
    offset: int  # in UTF-8 bytes, as the parser counts
    rule: Rule
    name: str
    as_script: bool = False


def _finding(found: _Found, file: str, lines: list[str]) -> Finding:
    line = lines[min(found.line, len(lines)) - 1]  # Python 3.11 misplaces some nodes inside f-strings
    before = line.encode()[: found.offset].decode(errors="ignore")
    message = f"{found.name} {found.rule.reason}."
    blocking = found.rule.blocking
    if found.as_script:
        message, blocking = f"When the file is run as a script, {message}", False
    return Finding(found.rule.id, file, found.line, len(before) + 1, message, blocking)


class _Screen(RestrictingNodeTransformer):  # type: ignore[misc]  # its package is untyped
    """Walks a syntax tree and collects what the rules watch.

    Nodes wait in a list of their own instead of on Python's stack, so depth is no matter.
    """

    def __init__(
        self, tree: ast.Module, forbidden: Collection[str], around: Block | None = None, level: int = 0
    ) -> None:
        super().__init__()
        self.found: set[_Found] = set()
        self._forbidden = forbidden
        self._last_names = {name.rpartition(".")[2] for name in forbidden}
        self._level = level
        self._explained: set[int] = set()  # nodes that a finding on the call around them speaks for
        self._names = Names(tree, around)
        self._as_script = False
        self._pending: list[tuple[ast.AST, Block, bool]] = [(tree, self._names.module, False)]
        while self._pending:
            node, self._block, self._as_script = self._pending.pop()
            self.visit(node)

    def _report(self, node: ast.AST, rule: Rule, name: str) -> None:
        line, offset = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        self.found.add(_Found(line, offset, rule, name, self._as_script))

    def _use(self, node: ast.AST, dotted: str) -> bool:
        """Report the use of a dotted name where a rule watches it, and say whether one does."""
        name = canonical(dotted)
        if forbidden := rules.short_cut(name, self._forbidden):
            known_as = "" if name == canonical(forbidden) else f" (`{forbidden}`)"
            self._report(node, rules.SHORT_CUT, f"`{name}`{known_as}")
        elif rule := rules.watched(name):
            self._report(node, rule, f"`{name}`")
        else:
            return False
        return True

    def _is_watched(self, dotted: str) -> bool:
        name = canonical(dotted)
        return bool(rules.short_cut(name, self._forbidden) or rules.watched(name))

    # What RestrictedPython's walk calls, and what it means here.

    def node_contents_visit(self, node: _Node) -> _Node:
        self._later(self._names.children(node, self._block), self._as_script)
        return node

    def _later(self, children: Iterable[tuple[ast.AST, Block]], as_script: bool) -> None:
        self._pending.extend((child, block, as_script) for child, block in children)

    def not_allowed(self, node: ast.AST) -> None:
        """Syntax that RestrictedPython refuses (annotations, match, async, nonlocal, except*) is ordinary here."""
        self.node_contents_visit(node)

    def error(self, node: ast.AST, info: str) -> None:
        """Nothing: names that RestrictedPython refuses (a leading underscore, a star import) are ordinary here."""

    def warn(self, node: ast.AST, info: str) -> None:
        """Nothing, as for `error`."""

    def visit_contents(self, node: _Node) -> _Node:
        """What RestrictedPython would rewrite is left as it is."""
        return self.node_contents_visit(node)

    visit_Assign = visit_AugAssign = visit_ClassDef = visit_For = visit_With = visit_contents

    def visit_If(self, node: ast.If) -> ast.AST:
        match node.test:
            case ast.Compare(left=ast.Name("__name__"), ops=[ast.Eq()], comparators=[ast.Constant("__main__")]):
                guarded = self._as_script or not self._names.renames_itself
                self._later(((part, self._block) for part in node.body), guarded)
                self._later(((part, self._block) for part in node.orelse), self._as_script)
                return node
        return self.node_contents_visit(node)

    def visit_Import(self, node: ast.Import) -> ast.AST:
        for alias in node.names:
            self._use(alias, alias.name)
        return node

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:
        if node.module and not node.level and not self._use(node, node.module):
            for alias in node.names:
                self._use(alias, f"{node.module}.{alias.name}")
        return node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if self._block.find(node.id) is None and id(node) not in self._explained:  # what is bound is reported there
            for name in self._block.meanings(node.id):
                if not self._is_watched(name.rpartition(".")[0]):
                    self._use(node, name)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self._look_up(node)
        if isinstance(node.ctx, ast.Store | ast.Del):
            self._patch(node, node.value, node.attr)
        return self.node_contents_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        self._look_up(node)
        return self.node_contents_visit(node)

    def visit_MatchClass(self, node: ast.MatchClass) -> ast.AST:
        for attribute in node.kwd_attrs:
            self._internal(node, attribute)
        return self.node_contents_visit(node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        """A string that stands alone is a docstring or a comment."""
        return node if isinstance(node.value, ast.Constant) else self.node_contents_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        text = node.value.decode(errors="replace") if isinstance(node.value, bytes) else node.value
        if isinstance(text, str) and id(node) not in self._explained:
            shown = f"`{text:.60}`"
            if rules.SYSTEM_LOCATION.match(text):
                self._report(node, rules.SYSTEM_PATH, shown)
            elif rules.INTERNAL_FIELD.search(text):
                self._report(node, rules.HIDDEN_ATTRIBUTE, shown)
            elif rules.INTERNAL_NAME.search(text):
                self._report(node, rules.NAMES_INTERNALS, shown)
            elif text in self._last_names:
                self._report(node, rules.NAMES_SHORT_CUT, shown)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self._look_up(node)
        for called in set(map(canonical, stands_for(node.func, self._block))):
            self._call(node, called)
        if isinstance(node.func, ast.Attribute) and node.func.attr == "__getattribute__":
            for member in filter(None, map(literal, node.args)):
                self._internal(node, member)
        return self.node_contents_visit(node)

    def _look_up(self, node: ast.expr) -> None:
        """Check the name that an attribute, a subscript or a call looks up."""
        if id(node) in self._explained:
            return
        objects, member = look(node, self._block)
        if isinstance(node, ast.Subscript) and (objects or member):
            self._explained.add(id(node.slice))
        if member:
            self._internal(node, member)
            for name in objects:
                if not self._is_watched(name):  # otherwise it is reported where it comes from
                    self._use(node, f"{name}.{member}")
        else:
            for name in objects:
                self._use(node, name)

    def _internal(self, node: ast.AST, member: str) -> None:
        for part in member.split("."):
            if rule := rules.ATTRIBUTES.get(part):
                self._report(node, rule, f"`{part}`")

    def _patch(self, node: ast.AST, owner: ast.expr, member: str) -> None:
        for name in map(canonical, stands_for(owner, self._block)):
            if rules.is_library(name):
                self._report(node, rules.PATCHES_LIBRARY, f"`{name}.{member}`")

    def _call(self, node: ast.Call, called: str) -> None:
        """Check a call whose arguments tell the harmless from the harmful."""
        texts = [literal(argument) for argument in node.args]
        options = {keyword.arg: keyword.value for keyword in node.keywords}
        match called, node.args, texts:
            case "eval" | "exec" | "compile", _, [str(code), *_]:
                self._explained.add(id(node.func))
                self._code(node, code, called)
            case "__import__" | "importlib.import_module", _, [str(), *_]:
                self._explained.add(id(node.func))
            case "getattr", [_, text, *_], [_, str(), *_]:
                self._explained.add(id(text))
            case "getattr", [owner, _, *_], _:
                for name in map(canonical, stands_for(owner, self._block)):
                    if name in rules.SENSITIVE_MODULES:
                        self._report(node, rules.COMPUTED_NAME, f"`{name}`")
                    elif any(canonical(short_cut).startswith(name.partition(".")[0]) for short_cut in self._forbidden):
                        self._report(node, rules.COMPUTED_MEMBER, f"`{name}`")
            case "setattr" | "delattr", [owner, text, *_], [_, str(member), *_]:
                self._explained.add(id(text))
                self._internal(node, member)
                self._patch(node, owner, member)
            case "operator.attrgetter" | "operator.methodcaller", _, _:
                for member in filter(None, texts):
                    self._internal(node, member)
            case "open" | "io.open", [ast.Constant(value=int()), *_], _:
                self._report(node, rules.FILE_DESCRIPTOR, f"`{called}`")
            case "open" | "io.open", _, [str(path), *_] if rules.OUTSIDE_LOCATION.match(path):
                mode = literal(options["mode"]) if "mode" in options else (texts[1] if len(texts) > 1 else "r")
                if set(mode or "") & set("wax+"):
                    self._report(node, rules.WRITES_OUTSIDE, f"`{path:.60}`")
            case "torch.load", _, _:
                match options.get("weights_only"):
                    case ast.Constant(value=False):
                        self._report(node, rules.UNPICKLES, "`torch.load(..., weights_only=False)`")
                    case None:
                        self._report(node, rules.MAY_UNPICKLE, "`torch.load`")
            case "numpy.load", _, _:
                match options.get("allow_pickle"):
                    case ast.Constant(value=True):
                        self._report(node, rules.MAY_UNPICKLE, "`numpy.load(..., allow_pickle=True)`")
            case (("torch.utils.data.DataLoader" | "torch.utils.data.dataloader.DataLoader"), _, _):
                match options.get("num_workers"):
                    case ast.Constant(value=int(workers)) if workers > 0:
                        self._report(node, rules.WORKER_PROCESSES, f"`DataLoader(..., num_workers={workers})`")

    def _code(self, node: ast.Call, code: str, called: str) -> None:
        """Screen code that is kept in a string, as if it stood where it is called."""
        if self._level == _MAX_CODE_IN_CODE:
            return self._report(node, rules.DYNAMIC_CODE, f"`{called}`")
        self._report(node, rules.LITERAL_CODE, f"`{called}`")
        try:
            tree = _parse(code.strip())
            inner = _Screen(tree, self._forbidden, self._block, self._level + 1).found if tree else ()
        except (RecursionError, MemoryError):
            return self._report(node, rules.TOO_COMPLEX, f"The code given to `{called}`")
        for found in inner:
            self._report(
                node, found.rule, found.name if self._level else f"{found.name}, in the code given to `{called}`,"
            )
