"""Calls whose arguments tell the harmless from the harmful."""

import ast
from collections.abc import Iterator, Sequence

from grader.policy import rules
from grader.policy.rules import Rule

_DECODERS = frozenset({"BytesIO", "a85decode", "b64decode", "b85decode", "bytes", "decompress", "fromhex", "unhexlify"})


def judge_call(called: str, node: ast.Call, texts: Sequence[str | None]) -> Iterator[tuple[Rule, str]]:
    """The rules that a call of the canonical name `called` falls under, each with the name to report.

    `texts` are the positional arguments that are literal texts, None for the rest.
    """
    options = {keyword.arg: keyword.value for keyword in node.keywords}
    match called, node.args, texts:
        case "open" | "io.open" | "io.FileIO" | "os.close", [ast.Constant(value=int()), *_], _:
            yield rules.FILE_DESCRIPTOR, f"`{called}`"
        case "open" | "io.open", _, [str(path), *rest] if _is_outside(path):
            mode = options.get("mode")
            letters = mode.value if isinstance(mode, ast.Constant) else (rest[0] if rest else "r")
            writes = set(str(letters)) & set("wax+")
            yield rules.WRITES_OUTSIDE if writes else rules.READS_OUTSIDE, f"`{path:.60}`"
        case (
            ("pathlib.Path" | "os.listdir" | "os.scandir" | "os.walk" | "glob.glob" | "glob.iglob"),
            _,
            [str(path), *_],
        ) if _is_outside(path):
            yield rules.READS_OUTSIDE, f"`{path:.60}`"
        case (
            ("pickle.load" | "pickle.loads" | "dill.load" | "dill.loads" | "cloudpickle.load" | "cloudpickle.loads"),
            [data, *_],
            _,
        ) if _is_in_source(data):
            yield rules.UNPICKLES, f"`{called}`"
        case "torch.load", [data, *_], _:
            match options.get("weights_only"):
                case ast.Constant(value=False) if isinstance(data, ast.Call) and _is_in_source(data):
                    yield rules.UNPICKLES, "`torch.load(..., weights_only=False)`"
                case ast.Constant(value=False):
                    yield rules.MAY_UNPICKLE, "`torch.load(..., weights_only=False)`"
                case None:
                    yield rules.MAY_UNPICKLE, "`torch.load`"
        case "numpy.load", _, _:
            match options.get("allow_pickle"):
                case ast.Constant(value=True):
                    yield rules.MAY_UNPICKLE, "`numpy.load(..., allow_pickle=True)`"
        case (("torch.utils.data.DataLoader" | "torch.utils.data.dataloader.DataLoader"), _, _):
            match options.get("num_workers"):
                case ast.Constant(value=int(workers)) if workers > 0:
                    yield rules.WORKER_PROCESSES, f"`DataLoader(..., num_workers={workers})`"


def _is_outside(path: str) -> bool:
    """Whether a path lies outside the answer's folder; one of the system has a rule of its own."""
    return bool(rules.OUTSIDE_LOCATION.match(path)) and not rules.SYSTEM_LOCATION.match(path)


def _is_in_source(data: ast.expr) -> bool:
    """Whether data stand in the source itself, as bytes or as a text that is decoded."""
    while isinstance(data, ast.Call) and isinstance(data.func, ast.Attribute | ast.Name):
        name = data.func.attr if isinstance(data.func, ast.Attribute) else data.func.id
        if name not in _DECODERS or not data.args:
            return False
        data = data.args[0]
    return isinstance(data, ast.Constant) and isinstance(data.value, bytes | str)
