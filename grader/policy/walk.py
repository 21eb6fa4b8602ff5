"""What the rules watch, found at the nodes of an answer's syntax tree."""

import ast
from collections.abc import Collection
from dataclasses import dataclass

from grader.policy import rules
from grader.policy.blocks import Block, Effort
from grader.policy.calls import judge_call
from grader.policy.names import MAX_LENGTH, canonical, is_library, short_cut, watched
from grader.policy.parse import parse
from grader.policy.rules import Rule
from grader.policy.scopes import Names
from grader.policy.syntax import Syntax

_MAX_CODE_IN_CODE = 3  # levels of code in strings of code


@dataclass(frozen=True)
class Found:
    """A rule that holds at a place, and the name found there. `as_script` says that only a script comes by."""

    line: int
    offset: int  # in UTF-8 bytes, as the parser counts
    rule: Rule
    name: str
    as_script: bool = False


class Walk(Syntax):
    """Walks a syntax tree; `found` is what there is. Raises TooComplex where that takes too long."""

    def __init__(
        self,
        tree: ast.Module,
        forbidden: Collection[str],
        effort: Effort | None = None,
        around: Block | None = None,
        level: int = 0,
    ) -> None:
        self.found: set[Found] = set()
        self._forbidden = forbidden
        self._last_names = {name.rpartition(".")[2] for name in forbidden}
        self._effort = effort or Effort()
        self._level = level
        self._explained: set[int] = set()  # nodes that a finding on the call around them speaks for
        super().__init__(tree, Names(tree, self._effort, around))

    def _report(self, node: ast.AST, rule: Rule, name: str) -> None:
        line, offset = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        self.found.add(Found(line, offset, rule, name, self.as_script))

    def _use(self, node: ast.AST, dotted: str) -> bool:
        """Report the use of a dotted name where a rule watches it, and say whether one does."""
        name = self._canonical(dotted)
        if forbidden := short_cut(name, self._forbidden):
            known_as = "" if name == canonical(forbidden) else f" (`{forbidden}`)"
            self._report(node, rules.SHORT_CUT, f"`{name}`{known_as}")
        elif rule := watched(name):
            self._report(node, rule, f"`{name}`")
        else:
            return False
        return True

    def _is_watched(self, dotted: str) -> bool:
        name = self._canonical(dotted)
        return bool(short_cut(name, self._forbidden) or watched(name))

    def _canonical(self, dotted: str) -> str:
        dotted = dotted[:MAX_LENGTH]
        self._effort.spend(1 + dotted.count("."))
        return canonical(dotted)

    def _meanings(self, node: ast.expr) -> set[str]:
        return set(map(self._canonical, self.names.stands_for(node, self.block)))

    # What is checked at each kind of node.

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        if node.name == "__del__":
            self._report(node, rules.FINALIZER, "`__del__`")
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
        if self.block.find(node.id) is None and id(node) not in self._explained:  # what is bound is reported there
            for name in self.block.meanings(node.id):
                if not self._is_watched(name.rpartition(".")[0]):
                    self._use(node, name)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self._look_up(node)
        if isinstance(node.ctx, ast.Store | ast.Del):
            self._patch(node, node.value, node.attr)
        return self.node_contents_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        match node.slice:
            case ast.Name("__name__") | ast.Attribute(attr="__module__"):  # of `sys.modules`, one's own is harmless
                self._explained.add(id(node.value))
        self._look_up(node)
        match node.ctx, node.value:
            case ast.Store() | ast.Del(), ast.Attribute(attr="__dict__") | ast.Call(func=ast.Name("vars")):
                for name in self._meanings(node):
                    owner, _, member = name.rpartition(".")
                    self._patch_of(node, owner, member)
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
        if isinstance(text, str):
            self._text(node, text)
        return node

    def visit_text(self, node: ast.expr) -> ast.AST:
        """A text that is made of literal parts counts as a whole."""
        if (text := self.names.literal(node)) is None:
            return self.node_contents_visit(node)
        self._text(node, text)
        return node

    visit_BinOp = visit_JoinedStr = visit_text

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self._look_up(node)
        for called in self._meanings(node.func):
            self._call(node, called)
        match node.func:
            case ast.Attribute(attr="__getattribute__" | "get_field"):  # `get_field` of string.Formatter
                for member in filter(None, map(self.names.literal, node.args)):
                    self._internal(node, member)
        return self.node_contents_visit(node)

    # What they share.

    def _text(self, node: ast.expr, text: str) -> None:
        shown = f"`{text:.60}`"
        if id(node) in self._explained:
            return
        if rules.SYSTEM_LOCATION.match(text):
            self._report(node, rules.SYSTEM_PATH, shown)
        elif rules.ENGINE_VARIABLE.match(text):
            self._report(node, rules.GRADING_ENGINE, shown)
        elif text == rules.TEST_VARIABLE:
            self._report(node, rules.TEST_DETECTION, shown)
        elif rules.INTERNAL_FIELD.search(text):
            self._report(node, rules.HIDDEN_ATTRIBUTE, shown)
        elif rules.INTERNAL_NAME.search(text):
            self._report(node, rules.NAMES_INTERNALS, shown)
        elif text in self._last_names:
            self._report(node, rules.NAMES_SHORT_CUT, shown)

    def _look_up(self, node: ast.expr) -> None:
        """Check the name that an attribute, a subscript or a call looks up."""
        if id(node) in self._explained:
            return
        objects, member = self.names.look(node, self.block)
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
        for name in self._meanings(owner):
            self._patch_of(node, name, member)

    def _patch_of(self, node: ast.AST, owner: str, member: str) -> None:
        if is_library(owner):
            self._report(node, rules.PATCHES_LIBRARY, f"`{owner}.{member:.60}`")

    def _call(self, node: ast.Call, called: str) -> None:
        texts = [self.names.literal(argument) for argument in node.args]
        for rule, name in judge_call(called, node, texts):
            self._report(node, rule, name)
        match called, node.args, texts:
            case "eval" | "exec" | "compile", _, [str(code), *_]:
                self._explained.add(id(node.func))
                self._code(node, code, called)
            case "__import__" | "importlib.import_module", _, [str(), *_]:
                self._explained.add(id(node.func))
            case "pickle.loads", [ast.Call(func=ast.Attribute(attr="dumps")), *_], _:  # a deep copy
                self._explained.add(id(node.func))
            case "getattr", [_, text, *_], [_, str(), *_]:
                self._explained.add(id(text))
            case "getattr", [owner, _, *_], _:
                for name in self._meanings(owner):
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
        for argument in node.args:
            if isinstance(argument, ast.Attribute) and "os.environ" in self._meanings(argument):
                self._report(argument, rules.READS_ENVIRONMENT, "`os.environ`")

    def _code(self, node: ast.Call, code: str, called: str) -> None:
        """Screen code that is kept in a string, as if it stood where it is called."""
        if self._level == _MAX_CODE_IN_CODE:
            return self._report(node, rules.DYNAMIC_CODE, f"`{called}`")
        self._report(node, rules.LITERAL_CODE, f"`{called}`")
        tree = parse(code.strip())
        inner = Walk(tree, self._forbidden, self._effort, self.block, self._level + 1).found if tree else ()
        for found in inner:
            self._report(
                node, found.rule, found.name if self._level else f"{found.name}, in the code given to `{called}`,"
            )
        return None
