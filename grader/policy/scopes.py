"""How a name is followed to what it stands for: through imports, aliases and literal look-ups, block by block."""

import ast
from collections.abc import Iterable, Iterator

from grader.policy.blocks import Block, Effort, parameters, signature
from grader.policy.names import MAX_LENGTH, canonical

_MAX_ROUNDS = 10  # of following aliases of aliases
_MAX_DEPTH = 32  # of an expression that is followed


class Names:
    """The blocks of a syntax tree, and what the names in them stand for.

    Names are followed through imports, assignments and default arguments, without regard to the order of statements.
    Making one, and every method, raises TooComplex where that takes too long.
    """

    def __init__(self, tree: ast.Module, effort: Effort, around: Block | None = None) -> None:
        self.module = Block(parent=around)
        self.renames_itself = False  # then `__name__ == "__main__"` says nothing
        self._effort = effort
        self._blocks: dict[int, Block] = {id(tree): self.module}
        self._aliases: list[tuple[Block, str, ast.expr, Block]] = []
        pending: list[tuple[ast.AST, Block]] = [(tree, self.module)]
        while pending:
            node, block = pending.pop()
            self._bind(node, block)
            pending.extend(reversed(list(self.children(node, block))))
        self.renames_itself |= "__name__" in self.module.names
        for _ in range(_MAX_ROUNDS):
            if not sum(block.bind(name, self.stands_for(value, seen)) for block, name, value, seen in self._aliases):
                break

    def children(self, node: ast.AST, block: Block) -> Iterator[tuple[ast.AST, Block]]:
        """The nodes below a node, each with the block that it is evaluated in."""
        outside: list[ast.AST | None] = []
        inside: Iterable[ast.AST]
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                outside = [
                    *node.decorator_list,
                    node.returns,
                    *signature(node.args),
                    *getattr(node, "type_params", []),
                ]
                inside = node.body
            case ast.Lambda():
                outside, inside = signature(node.args), [node.body]
            case ast.ClassDef():
                outside = [*node.decorator_list, *node.bases, *node.keywords, *getattr(node, "type_params", [])]
                inside = node.body
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                first = node.generators[0].iter
                parts = [part for loop in node.generators for part in (loop.target, loop.iter, *loop.ifs)]
                parts += [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
                outside, inside = [first], [part for part in parts if part is not first]
            case ast.NamedExpr():  # its target belongs to the block around a comprehension
                inside = [node.value]
            case _:
                inside = ast.iter_child_nodes(node)
        inner = self._blocks.get(id(node), block)
        yield from ((child, block) for child in outside if child)
        yield from ((child, inner) for child in inside if not isinstance(child, ast.expr_context))

    def stands_for(self, node: ast.expr, block: Block, depth: int = _MAX_DEPTH) -> set[str]:
        """The dotted names that an expression may stand for."""
        objects, member = self.look(node, block, depth)
        return {f"{name}.{member}"[:MAX_LENGTH] for name in objects} if member else objects

    def look(self, node: ast.expr, block: Block, depth: int = _MAX_DEPTH) -> tuple[set[str], str]:
        """The objects that an expression looks into and the member that it asks for; none where it names the
        objects.
        """
        objects, member = self._look(node, block, depth - 1) if depth else (set(), "")
        self._effort.spend(1 + len(objects))
        return objects, member

    def _look(self, node: ast.expr, block: Block, depth: int) -> tuple[set[str], str]:
        match node:
            case ast.Name():
                return block.meanings(node.id), ""
            case ast.NamedExpr():
                return self.stands_for(node.value, block, depth), ""
            case ast.IfExp():
                return self.stands_for(node.body, block, depth) | self.stands_for(node.orelse, block, depth), ""
            case ast.BoolOp():
                return set().union(*(self.stands_for(value, block, depth) for value in node.values)), ""
            case ast.Attribute():
                return self.stands_for(node.value, block, depth), node.attr
            case ast.Subscript(value=table) if key := self.literal(node.slice):
                match table:
                    case ast.Attribute(value=owner, attr="__dict__") | ast.Call(func=ast.Name(id="vars"), args=[owner]):
                        return self.stands_for(owner, block, depth), key
                    case ast.Call(func=ast.Name(id="globals" | "locals")):
                        return block.meanings(key), ""
                known = map(canonical, self.stands_for(table, block, depth))
                return ({key[:MAX_LENGTH]} if "sys.modules" in known else set()), ""
            case ast.Call(args=[first, *rest]):
                called = set(map(canonical, self.stands_for(node.func, block, depth)))
                text = self.literal(first)
                if rest and "getattr" in called and (member := self.literal(rest[0])):
                    return self.stands_for(first, block, depth), member
                if text and called & {"importlib.import_module", "sys.modules.get"}:
                    return {text[:MAX_LENGTH]}, ""
                if text and "__import__" in called:
                    return {text.partition(".")[0][:MAX_LENGTH]}, ""
        return set(), ""

    def literal(self, node: ast.expr, depth: int = _MAX_DEPTH) -> str | None:
        """The text of an expression that is made of literal strings alone."""
        parts: list[ast.expr]
        match node:
            case ast.Constant(value=str(text)):
                return text
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                parts = [left, right]
            case ast.JoinedStr(values=values):
                parts = values
            case ast.FormattedValue(value=value):
                parts = [value]
            case ast.Call(
                func=ast.Attribute(value=ast.Constant(value=""), attr="join"), args=[ast.List() | ast.Tuple() as row]
            ):
                parts = row.elts
            case _:
                return None
        self._effort.spend(len(parts))
        texts = [self.literal(part, depth - 1) for part in parts] if depth else [None]
        return "".join(text for text in texts if text is not None) if None not in texts else None

    def _bind(self, node: ast.AST, block: Block) -> None:
        match node:
            case ast.Constant(value="__name__"):
                self.renames_itself = True
            case ast.Import():
                for alias in node.names:
                    root = alias.name.partition(".")[0]
                    block.bind(alias.asname or root, {alias.name if alias.asname else root})
            case ast.ImportFrom():
                for alias in node.names:
                    if alias.name != "*":
                        block.bind(alias.asname or alias.name, () if node.level else {f"{node.module}.{alias.name}"})
                    elif not node.level:
                        block.star(str(node.module))
            case ast.Assign():
                for target in node.targets:
                    self._alias(target, node.value, block)
            case ast.AnnAssign(value=ast.expr() as value):
                self._alias(node.target, value, block)
            case ast.NamedExpr():
                while block.kind == "comprehension" and block.parent:
                    block = block.parent
                self._alias(node.target, node.value, block)
            case ast.Global() | ast.Nonlocal():
                for name in node.names:
                    outer = [b for b in block.around() if b is not block and b.kind == "function" and name in b.names]
                    module = list(block.around())[-1]
                    block.elsewhere[name] = outer[0] if outer and isinstance(node, ast.Nonlocal) else module
                    block.bind(name)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                if not isinstance(node, ast.Lambda):
                    block.bind(node.name)
                inner = self._blocks[id(node)] = Block("function", block)
                for argument, default in parameters(node.args):
                    inner.bind(argument.arg)
                    if default:
                        self._aliases.append((inner, argument.arg, default, block))
            case ast.ClassDef():
                block.bind(node.name)
                self._blocks[id(node)] = Block("class", block)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                self._blocks[id(node)] = Block("comprehension", block)
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                block.bind(name)
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                block.bind(name)
            case ast.MatchMapping(rest=str(name)):
                block.bind(name)

    def _alias(self, target: ast.expr, value: ast.expr, block: Block) -> None:
        match target, value:
            case ast.Name(id=name), _:
                block.bind(name)
                own = isinstance(value, ast.Name) and value.id == name  # `eval = eval` reads the name around the block
                self._aliases.append((block, name, value, block.parent or Block() if own else block))
            case (ast.Tuple() | ast.List(), ast.Tuple() | ast.List()) if len(target.elts) == len(value.elts):
                for part, meaning in zip(target.elts, value.elts, strict=True):
                    self._alias(part, meaning, block)
