"""What the policy watches: the rules and their names, and how a name is followed to the thing that it stands for."""

import ast
import builtins
import re
import sys
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from RestrictedPython.transformer import INSPECT_ATTRIBUTES

_BUILTINS = frozenset(dir(builtins)) | {"__builtins__", "__loader__"}
_MAX_NODES = 250_000  # of syntax, constants apart; a long model file has 50 000
_MAX_MEANINGS = 16  # of one name
_MAX_LENGTH = 256  # of a dotted name
_MAX_ROUNDS = 10  # of following aliases of aliases
_MAX_DEPTH = 32  # of an expression that is followed


@dataclass(frozen=True)
class Rule:
    """A rule's id, whether it blocks the answer, the rest of the sentence that begins with the name found, and the
    dotted names that it watches wherever they are used."""

    id: str
    blocking: bool
    reason: str
    names: str = ""


FRAME_ACCESS = Rule(
    "frame-access",
    True,
    "reads the interpreter's stack frames; use the arguments that are passed in",
    """sys._getframe sys._getframemodulename sys._current_frames sys._current_exceptions sys.settrace sys.setprofile
    sys.call_tracing sys.monitoring threading.settrace threading.setprofile threading.settrace_all_threads
    threading.setprofile_all_threads inspect.stack inspect.currentframe inspect.trace inspect.getouterframes
    inspect.getinnerframes traceback.walk_stack traceback.walk_tb bdb""",
)
OBJECT_WALK = Rule(
    "object-walk",
    True,
    "walks the interpreter's objects and classes; name what you need instead",
    "gc.get_objects gc.get_referrers gc.get_referents inspect.getmro inspect.getclosurevars",
)
INTERPRETER = Rule(
    "interpreter-internals",
    True,
    "reaches the interpreter's internals; no answer needs it, remove it",
    "__builtins__ __loader__ __build_class__ types.CodeType",
)
DYNAMIC_CODE = Rule(
    "dynamic-code",
    True,
    "makes code that cannot be read beforehand; use a plain import, getattr, setattr or a dict",
    """eval exec compile __import__ importlib.import_module importlib.__import__ importlib.reload importlib.machinery
    importlib.abc importlib.util.spec_from_file_location importlib.util.spec_from_loader importlib._bootstrap
    importlib.util.module_from_spec importlib._bootstrap_external _frozen_importlib _frozen_importlib_external _imp imp
    runpy zipimport codeop code.interact code.InteractiveInterpreter code.InteractiveConsole""",
)
UNPICKLES = Rule(
    "unpickles",
    True,
    "runs whatever code the data name; use json, numpy.savez or torch.load(..., weights_only=True)",
    "pickle.load pickle.loads pickle.Unpickler dill cloudpickle marshal shelve",
)
MAY_UNPICKLE = Rule(
    "may-unpickle",
    False,
    "can run code that is hidden in the data; say weights_only=True or allow_pickle=False",
    "joblib.load pandas.read_pickle",
)
FILE_DESCRIPTOR = Rule(
    "file-descriptor",
    True,
    "works on raw file descriptors; use open() with a relative path",
    """fcntl os.open os.read os.write os.pipe os.pipe2 os.dup os.dup2 os.fdopen os.closerange os.sendfile
    os.memfd_create os.pread os.pwrite os.readv os.writev""",
)
_BY_NAME = (
    FRAME_ACCESS,
    OBJECT_WALK,
    INTERPRETER,
    DYNAMIC_CODE,
    UNPICKLES,
    MAY_UNPICKLE,
    FILE_DESCRIPTOR,
    Rule(
        "starts-process",
        True,
        "starts another process, which an answer may not do; compute in this one",
        """subprocess _posixsubprocess multiprocessing pty concurrent.futures.process os.system os.popen os.fork
        concurrent.futures.ProcessPoolExecutor asyncio.create_subprocess_exec asyncio.create_subprocess_shell os.forkpty
        os.startfile os.posix_spawn os.posix_spawnp os.execl os.execle os.execlp os.execlpe os.execv os.execve os.execvp
        os.execvpe os.spawnl os.spawnle os.spawnlp os.spawnlpe os.spawnv os.spawnve os.spawnvp os.spawnvpe""",
    ),
    Rule(
        "controls-process",
        True,
        "takes hold of the process that runs the answer; return a value or raise an error instead",
        """signal atexit os._exit os.abort os.kill os.killpg os.pidfd_open os.setsid os.setpgid os.setuid os.setgid
        os.unshare os.setns os.chroot resource.setrlimit resource.prlimit sys.addaudithook sys.meta_path
        sys.path_hooks""",
    ),
    Rule(
        "native-code",
        True,
        "runs native code past Python; use the framework's own operations",
        """ctypes cffi _cffi_backend numpy.ctypeslib pyximport torch.utils.cpp_extension torch.ops.load_library
        torch.classes.load_library tensorflow.load_op_library tensorflow.load_library""",
    ),
    Rule(
        "network",
        True,
        "opens network connections, and the sandbox has no network; remove it",
        """socket socketserver ftplib telnetlib smtplib poplib imaplib nntplib http.client http.server xmlrpc websocket
        websockets paramiko asyncio.open_connection asyncio.start_server asyncio.open_unix_connection
        asyncio.start_unix_server""",
    ),
    Rule(
        "grading-engine",
        True,
        "belongs to the grading engine; an answer stands on its own, remove it",
        "grader sandbox __main__",
    ),
    Rule(
        "needs-network",
        False,
        "needs a network, and the sandbox has none; keep what it fetches beside the answer",
        "requests urllib.request urllib3 httpx aiohttp torch.hub webbrowser gdown wget kagglehub",
    ),
    Rule(
        "changes-files",
        False,
        "changes files, and an answer has only its own scratch folder",
        """os.remove os.unlink os.rmdir os.removedirs os.rename os.renames os.replace os.chmod os.chown os.symlink
        os.link os.mkfifo os.mknod shutil.rmtree shutil.move""",
    ),
    Rule(
        "ends-process",
        False,
        "ends the worker, and the case that is running fails; return or raise an error",
        "exit quit sys.exit",
    ),
    Rule("waits-for-input", False, "waits for a person, and nobody answers; remove it", "input breakpoint pdb ipdb"),
    Rule(
        "starts-thread",
        False,
        "starts a thread, and work done after the call has returned is lost; wait for it",
        "threading.Thread threading.Timer _thread concurrent.futures.ThreadPoolExecutor",
    ),
    Rule(
        "module-table",
        False,
        "reaches modules that the answer has not imported; import what you need",
        "sys.modules",
    ),
)
SHORT_CUT = Rule("short-cut", True, "is a short cut that this question forbids; write that part yourself")
COMPUTED_NAME = Rule("computed-name", True, "is asked for a name known only when it runs; write the name out")
HIDDEN_ATTRIBUTE = Rule("hidden-attribute", True, "reaches the interpreter's internals from a string; remove it")
SYSTEM_PATH = Rule("system-path", True, "is a path of the system; use the arguments and relative paths")
TOO_COMPLEX = Rule(
    "too-complex",
    True,
    "is too large or too deeply nested to be screened; keep data in files and split long expressions",
)
COMPUTED_MEMBER = Rule("computed-member", False, "is asked for a member known only when it runs; write the name out")
NAMES_INTERNALS = Rule("names-internals", False, "names the interpreter's internals; a person looks at its use")
NAMES_SHORT_CUT = Rule("names-short-cut", False, "names a forbidden short cut; a person looks at its use")
LITERAL_CODE = Rule("literal-code", False, "runs code kept in a string; write it as plain code")
PATCHES_LIBRARY = Rule("patches-library", False, "is changed, which never alters how the answer is compared; remove it")
WRITES_OUTSIDE = Rule("writes-outside", False, "lies outside the answer's folder; write to a relative path")
WORKER_PROCESSES = Rule("worker-processes", False, "starts processes, which the sandbox refuses; use num_workers=0")

NAMES = {name: rule for rule in _BY_NAME for name in rule.names.split()}
ATTRIBUTES = {
    **dict.fromkeys(INSPECT_ATTRIBUTES, FRAME_ACCESS),
    **dict.fromkeys(("__subclasses__", "__bases__", "__base__", "__mro__"), OBJECT_WALK),
    **dict.fromkeys(
        ("__globals__", "__builtins__", "__code__", "__closure__", "__loader__", "cell_contents"), INTERPRETER
    ),
}
"""The attributes that are refused on any object."""

SENSITIVE_MODULES = frozenset({"builtins", "gc", "importlib", "inspect", "os", "sys"})
"""Modules whose members must be named in full, since some are refused."""

_INTERNAL = "|".join(sorted(ATTRIBUTES))
INTERNAL_NAME = re.compile(rf"\b(?:{_INTERNAL})\b")
INTERNAL_FIELD = re.compile(rf"\{{[^{{}}]*[.\[](?:{_INTERNAL})\b")
SYSTEM_LOCATION = re.compile(r"/(?:proc|sys|etc|run|var/run)(?:/|$)|/dev/(?!null$|stdout$|stderr$)|~/\.ssh(?:/|$)")
OUTSIDE_LOCATION = re.compile(r"/(?!dev/null$)|~|(?:.*/)?\.\.(?:/|$)|[A-Za-z]:[/\\]")

_LIBRARIES = frozenset({"keras", "numpy", "scipy", "tensorflow", "tf_keras", "torch", "torchvision", "transformers"})
_REEXPORTED = frozenset({*SENSITIVE_MODULES, "ctypes", "multiprocessing", "pickle", "shutil", "socket", "subprocess"})
_SAME_PLACE = (
    ("tensorflow.compat.v1", "tensorflow"),
    ("tensorflow.compat.v2", "tensorflow"),
    ("tensorflow.python.keras", "keras"),
    ("tensorflow.keras", "keras"),
    ("tf_keras", "keras"),
    ("keras._tf_keras.keras", "keras"),
    ("keras.api", "keras"),
    ("keras.src", "keras"),
    ("posix", "os"),
    ("_io", "io"),
    ("_pickle", "pickle"),
    ("_socket", "socket"),
    ("_ctypes", "ctypes"),
    ("_operator", "operator"),
)


@lru_cache(maxsize=4096)
def canonical(dotted: str) -> str:
    """The one name of what several reach: `tensorflow.keras.layers` is `keras.layers`, `random._os` is `os`."""
    parts = dotted.split(".")
    if parts[0] in _LIBRARIES or parts[0] in sys.stdlib_module_names:
        for i in range(len(parts) - 1, 0, -1):
            if parts[i].lstrip("_") in _REEXPORTED:
                parts = [parts[i].lstrip("_"), *parts[i + 1 :]]
                break
    dotted = ".".join(parts)
    for place, same in _SAME_PLACE:
        if dotted == place or dotted.startswith(place + "."):
            dotted = same + dotted[len(place) :]
    return dotted.removeprefix("builtins.")


def watched(dotted: str) -> Rule | None:
    """The rule that watches a canonical dotted name, or what it lies in."""
    while dotted:
        if rule := NAMES.get(dotted):
            return rule
        dotted = dotted.rpartition(".")[0]
    return None


def short_cut(dotted: str, forbidden: Collection[str]) -> str | None:
    """The forbidden name that a canonical dotted name reaches.

    The same last name in the same library counts, since libraries export one thing in many places, such as
    `torch.nn.MultiheadAttention` and `torch.nn.modules.activation.MultiheadAttention`.
    """
    root, _, rest = dotted.partition(".")
    last = rest.rpartition(".")[2].lstrip("_")
    for name in forbidden:
        place = canonical(name)
        if dotted == place or dotted.startswith(place + "."):
            return name
        if last and place.startswith(root + ".") and last == place.rpartition(".")[2]:
            return name
    return None


def is_library(dotted: str) -> bool:
    """Whether a canonical dotted name lies in a library that answers could be compared or timed with."""
    root = dotted.partition(".")[0]
    return root in _LIBRARIES | {"math", "random", "time"} and not dotted.startswith("torch.backends")


@dataclass(eq=False)
class Block:
    """A block of code and its names; each maps to the dotted names it may stand for, to none where that is unknown."""

    kind: str = "module"  # or "function", "class", "comprehension"
    parent: "Block | None" = None
    names: dict[str, set[str]] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)  # modules that everything is imported from
    elsewhere: dict[str, "Block"] = field(default_factory=dict)  # where global and nonlocal names live

    def around(self) -> "Iterator[Block]":
        """This block and the blocks around it whose names it sees."""
        block: Block | None = self
        while block:
            if block is self or block.kind != "class":
                yield block
            block = block.parent

    def bind(self, name: str, meanings: Iterable[str] = ()) -> bool:
        """Bind a name, and say whether that taught anything new."""
        known = self.elsewhere.get(name, self).names.setdefault(name, set())
        before = len(known)
        if before < _MAX_MEANINGS:
            known.update(meaning for meaning in meanings if len(meaning) < _MAX_LENGTH)
        return len(known) > before

    def find(self, name: str) -> set[str] | None:
        """What a bound name may stand for; None where no block binds it."""
        found: set[str] | None = None
        for block in self.around():
            if name in block.names:
                found = (found or set()) | block.names[name]
                if block.kind != "class":  # a class body falls back on the names around it
                    break
        return found

    def meanings(self, name: str) -> set[str]:
        """What a name may stand for: as bound, by a star import, or as a builtin."""
        found = self.find(name)
        if found is None:
            found = {f"{star}.{name}" for block in self.around() for star in block.stars}
            if name in _BUILTINS:
                found.add(name)
        return found


class Names:
    """The blocks of a syntax tree, and what the names in them stand for.

    Names are followed through imports, assignments and default arguments, without regard to the order of statements.
    Raises MemoryError where the tree is too large.
    """

    def __init__(self, tree: ast.Module, around: Block | None = None) -> None:
        self.module = Block(parent=around)
        self.renames_itself = False  # then `__name__ == "__main__"` says nothing
        self._blocks: dict[int, Block] = {id(tree): self.module}
        self._aliases: list[tuple[Block, str, ast.expr, Block]] = []
        pending: list[tuple[ast.AST, Block]] = [(tree, self.module)]
        size = 0
        while pending:
            node, block = pending.pop()
            size += not isinstance(node, ast.Constant)
            if size > _MAX_NODES:
                raise MemoryError
            self._bind(node, block)
            pending.extend(reversed(list(self.children(node, block))))
        self.renames_itself |= "__name__" in self.module.names
        for _ in range(_MAX_ROUNDS):
            if not sum(block.bind(name, stands_for(value, seen)) for block, name, value, seen in self._aliases):
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
                    *_signature(node.args),
                    *getattr(node, "type_params", []),
                ]
                inside = node.body
            case ast.Lambda():
                outside, inside = _signature(node.args), [node.body]
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
                    elif not node.level and len(block.stars) < _MAX_MEANINGS:
                        block.stars.append(str(node.module))
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
                for argument, default in _arguments(node.args):
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


def _arguments(arguments: ast.arguments) -> list[tuple[ast.arg, ast.expr | None]]:
    """The arguments of a function with their defaults."""
    positional = [*arguments.posonlyargs, *arguments.args]
    bare = len(positional) - len(arguments.defaults)
    pairs: list[tuple[ast.arg, ast.expr | None]] = [
        *zip(positional, [None] * bare + [*arguments.defaults], strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    return pairs + [(argument, None) for argument in (arguments.vararg, arguments.kwarg) if argument]


def _signature(arguments: ast.arguments) -> list[ast.AST | None]:
    """What a function's signature evaluates: defaults and annotations."""
    return [part for argument, default in _arguments(arguments) for part in (default, argument.annotation)]


def stands_for(node: ast.expr, block: Block, depth: int = _MAX_DEPTH) -> set[str]:
    """The dotted names that an expression may stand for."""
    objects, member = look(node, block, depth)
    return {f"{name}.{member}" for name in objects} if member else objects


def look(node: ast.expr, block: Block, depth: int = _MAX_DEPTH) -> tuple[set[str], str]:
    """The objects that an expression looks into and the member that it asks for; none where it names the objects."""
    depth -= 1
    if depth < 0:
        return set(), ""
    match node:
        case ast.Name():
            return block.meanings(node.id), ""
        case ast.NamedExpr():
            return stands_for(node.value, block, depth), ""
        case ast.IfExp():
            return stands_for(node.body, block, depth) | stands_for(node.orelse, block, depth), ""
        case ast.BoolOp():
            return set().union(*(stands_for(value, block, depth) for value in node.values)), ""
        case ast.Attribute():
            return stands_for(node.value, block, depth), node.attr
        case ast.Subscript(value=table) if key := literal(node.slice):
            match table:
                case ast.Attribute(value=owner, attr="__dict__") | ast.Call(func=ast.Name(id="vars"), args=[owner]):
                    return stands_for(owner, block, depth), key
                case ast.Call(func=ast.Name(id="globals" | "locals")):
                    return block.meanings(key), ""
            return ({key} if "sys.modules" in map(canonical, stands_for(table, block, depth)) else set()), ""
        case ast.Call(args=[first, *rest]):
            called = set(map(canonical, stands_for(node.func, block, depth)))
            text = literal(first)
            if rest and "getattr" in called and (member := literal(rest[0])):
                return stands_for(first, block, depth), member
            if text and called & {"importlib.import_module", "sys.modules.get"}:
                return {text}, ""
            if text and "__import__" in called:
                return {text.partition(".")[0]}, ""
    return set(), ""


def literal(node: ast.expr, depth: int = _MAX_DEPTH) -> str | None:
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
    texts = [literal(part, depth - 1) for part in parts] if depth else [None]
    return "".join(text for text in texts if text is not None) if None not in texts else None
