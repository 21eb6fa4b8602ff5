"""The policy lets honest machine-learning code through, and says where and why the rest is refused or remarked on."""

from textwrap import dedent

import pytest

from grader.policy import MAX_FINDINGS, Finding, screen

FORBIDDEN = (
    "torch.nn.MultiheadAttention",
    "torch.nn.functional.scaled_dot_product_attention",
    "keras.layers.MultiHeadAttention",
    "stable_baselines3",
    "sorted",
)

HONEST = {
    "a torch module": """
        import math

        import torch
        import torch.nn as nn
        import torch.nn.functional as F


        class Attention(nn.Module):
            scale: float

            def __init__(self, dim: int, heads: int = 8, *, dropout: float = 0.0) -> None:
                super().__init__()
                self._weights = None
                self.qkv, self.out = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)
                self.scale = 1 / math.sqrt(dim // heads)

            def forward(self, input: torch.Tensor, mask=None):
                q, k, v = self.qkv(input).chunk(3, dim=-1)
                scores = (q @ k.mT) * self.scale
                if mask is not None:
                    scores = scores.masked_fill(~mask, float("-inf"))
                self._weights = F.softmax(scores, dim=-1)
                return self.out(self._weights @ v)

            def __call__(self, *args, **kwargs):
                return super().__call__(*args, **kwargs)

            def __repr__(self):
                return f"{self.__class__.__name__}({self.scale=:.3f})"
        """,
    "training and evaluation": """
        import torch

        def train(model, loader, epochs, seed):
            torch.manual_seed(seed)
            torch.backends.cudnn.deterministic = True
            optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
            model = torch.compile(model) if torch.cuda.is_available() else model
            for epoch in range(epochs):
                model.train()
                for x, y in loader:
                    optimizer.zero_grad()
                    loss = torch.nn.functional.cross_entropy(model(x), y)
                    loss.backward()
                    optimizer.step()
                model.eval()
            return model

        def eval(model, x):
            with torch.no_grad():
                return model(x)

        print(eval(torch.nn.Linear(1, 1), torch.zeros(1, 1)))
        """,
    "keras": """
        import tensorflow as tf
        from tensorflow.keras import layers

        model = tf.keras.Sequential([layers.Dense(4, activation="relu"), layers.Dense(1)])
        model.compile(optimizer="adam", loss="mse")
        spectrum = tf.signal.stft

        @tf.function
        def step(x):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(model(x) ** 2)
            return tape.gradient(loss, model.trainable_variables)
        """,
    "every kind of syntax": """
        from __future__ import annotations
        from typing import Any
        from .layers import *

        __all__ = ["run"]
        total = 0

        async def fetch(x: Any) -> Any:
            async with x as y:
                return [await z async for z in y]

        def run(state, *rest, key=lambda a, /, *, b=1: a + b, **options):
            global total
            count = 0

            def inner():
                nonlocal count
                count += 1
                yield from (i for i in range(count) if i % 2)

            head, *tail = rest
            state.x += 1
            state["y"][0] *= 2
            del state["y"]
            match state:
                case {"kind": "a", **others} | [others, *_]:
                    return others
                case int(real=r) if (n := r) > 0:
                    return n
            try:
                total += sum(inner())
            except* ValueError as group:
                raise RuntimeError("no") from group
            return {**options, "f": f"{total!r:>{count}}", "set": {*tail}}
        """,
    "object protocols": """
        class Buffer:
            __slots__ = ("_items",)

            def __init__(self):
                self._items = []

            def __len__(self):
                return len(self._items)

            def __getitem__(self, i):
                return self._items[i]

            def __getattr__(self, name):
                return object.__getattribute__(self, name)

            def __init_subclass__(cls, **options):
                super().__init_subclass__(**options)

            def update(self, **options):
                self.__dict__.update(options)
                for name, value in options.items():
                    setattr(self, name, value)
                return getattr(self, f"_{name}", None)
        """,
    "the standard library": """
        import collections, copy, functools, gc, importlib.util, inspect, itertools, json, os, pickle, random, re, sys
        import multiprocessing, threading
        from pathlib import Path
        from scipy import signal

        os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
        sys.path.insert(0, os.path.dirname(__file__))
        sys.setrecursionlimit(5000)
        random.seed(0)
        word = re.compile(r"\\w+")
        smooth = signal.convolve
        lock = threading.Lock()
        saved, copied = pickle.dumps({}), pickle.loads(pickle.dumps(lock))
        this, workers = sys.modules[__name__], multiprocessing.cpu_count()
        device, split = os.environ.get("DEVICE", "cpu"), root + "/dev/questions.json"
        has_torch = importlib.util.find_spec("torch") is not None
        arguments = inspect.signature(print).parameters
        gc.collect()
        with open("vocabulary.json", "w") as file:
            json.dump({}, file)
        Path("out").mkdir(exist_ok=True)
        """,
    "attention by hand, where the library's is forbidden": '''
        import torch
        import torch.nn as nn
        from keras.layers import Dense, LayerNormalization
        from my_layers import MultiheadAttention, scaled_dot_product_attention

        class MultiHeadAttention(nn.Module):
            """As in torch.nn.MultiheadAttention, which reads __globals__ and /proc/self/mem in no way."""

        def scaled_dot_product_attention(q, k, v):
            # F.scaled_dot_product_attention does the same
            weights = torch.softmax(q @ k.transpose(-2, -1) / k.shape[-1] ** 0.5, dim=-1)
            return weights @ v, weights

        block = MultiHeadAttention()
        result = scaled_dot_product_attention(*[torch.zeros(1, 1)] * 3)
        ''',
    "names that merely look like others": """
        def convolve(signal, socket, exec, subprocess):
            return signal.stop, socket.x, exec(1), subprocess.run(2)

        class Compiler:
            def eval(self, exit):
                return self.compile(exit), self.input.system, self.os.system

            def compile(self, source):
                return source
        """,
    "a script's guard": """
        def main():
            return 0

        if __name__ == "__main__":
            main()
        """,
}


@pytest.mark.parametrize("source", HONEST.values(), ids=HONEST.keys())
def test_honest_code_has_no_finding(source: str) -> None:
    assert screen(dedent(source), "answer.py", FORBIDDEN) == ()


# Each hostile source with the rule, the line and the column that must be reported as blocking.
HOSTILE = [
    ("import subprocess", "starts-process", 1, 8),
    ("import os\nos.system('id')", "starts-process", 2, 1),
    ("import os as o\nx = o.popen('id')", "starts-process", 2, 5),
    ("from os import fork as f\nf()", "starts-process", 1, 16),
    ("from os import *\nexecv('/bin/sh', [])", "starts-process", 2, 1),
    ("import torch\ntorch.os.system('id')", "starts-process", 2, 1),
    ("import random\nrandom._os.system('id')", "starts-process", 2, 1),
    ("__import__('o' + 's').system('id')", "starts-process", 1, 1),
    ("import sys\nsys.modules['os'].system('id')", "starts-process", 2, 1),
    ("import importlib\nimportlib.import_module('subprocess')", "starts-process", 2, 1),
    ("import os\ngetattr(os, f'sys{\"tem\"}')('id')", "starts-process", 2, 1),
    ("import os\nrun = os\ndef f():\n    walk = run\n    return walk.system", "starts-process", 5, 12),
    ("import os\nclass A:\n    os = os\n    os.system('id')", "starts-process", 4, 5),
    ("import os\na = (lambda o=os: o.system)('id')", "starts-process", 2, 19),
    ("import os\n(x := os).system('id')", "starts-process", 2, 1),
    ("import os\ndef f():\n    return [0 for os in ()], os.system", "starts-process", 3, 30),
    ("import torch.multiprocessing as mp\nmp.spawn(f)", "starts-process", 2, 1),
    ("from multiprocessing import cpu_count, Pool", "starts-process", 1, 40),
    ("import multiprocessing\ngetattr(multiprocessing, name)", "computed-name", 2, 1),
    ("def f():\n    import os\n    if f:\n        os.kill(1, 9)", "controls-process", 4, 9),
    ("import atexit, json", "controls-process", 1, 8),
    ("import signal", "controls-process", 1, 8),
    ("from sys import exit, meta_path", "controls-process", 1, 23),
    ("import sys\nsys._getframe(1)", "frame-access", 2, 1),
    ("import sys\nsys.settrace(print)", "frame-access", 2, 1),
    ("from inspect import stack, signature", "frame-access", 1, 21),
    ("def f(e):\n    return e.__traceback__.tb_frame", "frame-access", 2, 12),
    ("match g():\n    case object(gi_frame=frame):\n        pass", "frame-access", 2, 10),
    ("import gc\ngc.get_objects()", "object-walk", 2, 1),
    ("x = ().__class__.__base__.__subclasses__()", "object-walk", 1, 5),
    ("f = (lambda: 0).__globals__", "interpreter-internals", 1, 5),
    ("getattr(f, '__glo' + 'bals__')", "interpreter-internals", 1, 1),
    ("object.__getattribute__(f, '__code__')", "interpreter-internals", 1, 1),
    ("from operator import attrgetter\nattrgetter('a.__globals__')(f)", "interpreter-internals", 2, 1),
    ("setattr(f, '__code__', g)", "interpreter-internals", 1, 1),
    ("x = __builtins__", "interpreter-internals", 1, 5),
    ("globals()['__builtins__']", "interpreter-internals", 1, 1),
    ("'{0.__class__.__globals__}'.format(f)", "hidden-attribute", 1, 1),
    ("eval(text)", "dynamic-code", 1, 1),
    ("run = eval", "dynamic-code", 1, 7),
    ("exec(f'self.conv{i} = {i}')", "dynamic-code", 1, 1),
    ("import builtins\nbuiltins.compile(text, '', 'exec')", "dynamic-code", 2, 1),
    ("vars(__import__('builtins'))['eval'](text)", "dynamic-code", 1, 1),
    ("__import__(name)", "dynamic-code", 1, 1),
    ("from importlib import import_module", "dynamic-code", 1, 23),
    ("exec('import os; os.system(1)')", "starts-process", 1, 1),
    ("import os\neval(' os.system(1)')", "starts-process", 2, 1),
    ("import os\ngetattr(os, name)", "computed-name", 2, 1),
    ("import ctypes.util", "native-code", 1, 8),
    ("from cffi import FFI", "native-code", 1, 1),
    ("from torch.utils import cpp_extension", "native-code", 1, 25),
    ("import socket", "network", 1, 8),
    ("import pickle\npickle.loads(b'cos\\nsystem')", "unpickles", 2, 1),
    ("from pickle import loads\nfrom base64 import b64decode\nloads(b64decode('Y29z'))", "unpickles", 3, 1),
    ("import io, pickle\npickle.load(io.BytesIO(b'cos'))", "unpickles", 2, 1),
    ("import io, torch\ntorch.load(io.BytesIO(b'cos'), weights_only=False)", "unpickles", 2, 1),
    ("import os\nos.write(3, b'')", "file-descriptor", 2, 1),
    ("open(3, 'wb')", "file-descriptor", 1, 1),
    ("open('/proc/self/mem', 'rb')", "system-path", 1, 6),
    ("path = '/proc/' + pid", "system-path", 1, 8),
    ("path = '/pr' + 'oc/self'", "system-path", 1, 8),
    ("from pathlib import Path\nkey = Path.home() / '.ssh' / 'id_rsa'", "system-path", 2, 21),
    ("open(b'/etc/passwd')", "system-path", 1, 6),
    ("from sandbox.runner import serve", "grading-engine", 1, 1),
    ("import __main__", "grading-engine", 1, 8),
    ("模型 = 1; import os; os.system('id')", "starts-process", 1, 20),
]


@pytest.mark.parametrize(("source", "rule", "line", "column"), HOSTILE, ids=[case[0] for case in HOSTILE])
def test_hostile_code_is_refused_where_it_stands(source: str, rule: str, line: int, column: int) -> None:
    assert (rule, line, column, True) in [(f.rule, f.line, f.column, f.blocking) for f in screen(source, "answer.py")]


def test_a_path_of_the_system_is_found_inside_an_f_string() -> None:
    (finding,) = screen("pid = 1\npath = f'/proc/{pid}/maps'", "answer.py")  # its column depends on Python's version
    assert (finding.rule, finding.line, finding.blocking) == ("system-path", 2, True)


SHORT_CUTS = [
    ("import torch.nn as nn\nm = nn.MultiheadAttention(8, 2)", 2, 5),
    ("from torch.nn import Linear, MultiheadAttention as M\nm = M(8, 2)", 1, 30),
    ("from torch import nn\nclass Mine(nn.MultiheadAttention):\n    pass", 2, 12),
    ("from torch.nn import *\nm = MultiheadAttention(8, 2)", 2, 5),
    ("import torch\nA = torch.nn.MultiheadAttention\nm = A(8, 2)", 2, 5),
    ("import torch\nnn, F = torch.nn, torch.nn.functional\nm = nn.MultiheadAttention", 3, 5),
    ("import torch.nn as nn\ngetattr(nn, 'MultiheadAttention')", 2, 1),
    ("import torch.nn as nn\nnn.__dict__['Multihead' 'Attention']", 2, 1),
    ("import torch.nn as nn\nfrom torch.nn.modules import activation\nactivation.MultiheadAttention", 3, 1),
    ("import torch.nn.functional as F\ndef f(q):\n    return F.scaled_dot_product_attention(q, q, q)", 3, 12),
    ("import torch\nf = torch._C._nn.scaled_dot_product_attention", 2, 5),
    ("import torch\nf = torch.ops.aten.scaled_dot_product_attention.default", 2, 5),
    ("import tensorflow as tf\ntf.keras.layers.MultiHeadAttention(2, 4)", 2, 1),
    ("from tensorflow.keras.layers import MultiHeadAttention", 1, 37),
    ("from keras.src.layers.attention.multi_head_attention import MultiHeadAttention", 1, 61),
    ("import keras\nlayers = keras.layers\ndef f():\n    return layers.MultiHeadAttention", 4, 12),
    ("import stable_baselines3.dqn as dqn\ndqn.DQN", 1, 8),
    ("from stable_baselines3 import DQN", 1, 1),
    ("x = sorted([2, 1])", 1, 5),
]


@pytest.mark.parametrize(("source", "line", "column"), SHORT_CUTS, ids=[case[0] for case in SHORT_CUTS])
def test_a_forbidden_short_cut_is_found_by_every_road(source: str, line: int, column: int) -> None:
    (finding,) = screen(source, "answer.py", FORBIDDEN)
    assert (finding.rule, finding.line, finding.column, finding.blocking) == ("short-cut", line, column, True)
    assert screen(source, "answer.py") == ()


REMARKS = [
    ("import sys\nsys.exit(1)", "ends-process", 2, 1),
    ("name = input()", "waits-for-input", 1, 8),
    ("import requests", "needs-network", 1, 8),
    ("from threading import Thread", "starts-thread", 1, 23),
    ("import torch\ntorch.load('w.pt')", "may-unpickle", 2, 1),
    ("import torch\ntorch.load('w.pt', weights_only=False)", "may-unpickle", 2, 1),
    ("import pickle\nframe = pickle.loads(self.frames[i])", "may-unpickle", 2, 9),
    ("import os\nif 'PYTEST_CURRENT_TEST' in os.environ:\n    pass", "test-detection", 2, 4),
    ("import pickle\nwith open('replay.pkl', 'rb') as f:\n    memory = pickle.load(f)", "may-unpickle", 3, 14),
    ("def f(c): return c.__mro__[1]", "class-walk", 1, 18),
    ("vocabulary = open('../data/vocabulary.txt').read()", "reads-outside", 1, 14),
    ("import os\nsettings = dict(os.environ)", "reads-environment", 2, 17),
    ("class Agent:\n    def __del__(self):\n        self.env.close()", "finalizer", 2, 5),
    ("import sys\nname in sys.modules", "module-table", 2, 9),
    ("import numpy as np\nnp.load('glove.npy', allow_pickle=True)", "may-unpickle", 2, 1),
    ("import torch\ntorch.allclose = lambda *a: True", "patches-library", 2, 1),
    ("import time\nsetattr(time, 'perf_counter', f)", "patches-library", 2, 1),
    ("from torch.utils.data import DataLoader\nDataLoader(data, num_workers=4)", "worker-processes", 2, 1),
    ("open('/tmp/model.bin', mode='wb')", "writes-outside", 1, 1),
    ("import shutil\nshutil.rmtree('out')", "changes-files", 2, 1),
    ("eval('1 + 1')", "literal-code", 1, 1),
    ("hidden = ['__globals__']", "names-internals", 1, 11),
    ("kind = 'MultiheadAttention'", "names-short-cut", 1, 8),
    ("import torch.nn.functional as F\nactivation = getattr(F, name)", "computed-member", 2, 14),
]


@pytest.mark.parametrize(("source", "rule", "line", "column"), REMARKS, ids=[case[0] for case in REMARKS])
def test_what_may_be_honest_is_a_remark(source: str, rule: str, line: int, column: int) -> None:
    assert [(f.rule, f.line, f.column, f.blocking) for f in screen(source, "answer.py", FORBIDDEN)] == [
        (rule, line, column, False)
    ]


def test_the_message_names_the_thing_and_the_remedy() -> None:
    assert screen("import torch.nn as nn\nnn.modules.MultiheadAttention", "q02.py", FORBIDDEN) == (
        Finding(
            rule="short-cut",
            file="q02.py",
            line=2,
            column=1,
            message="`torch.nn.modules.MultiheadAttention` (`torch.nn.MultiheadAttention`) is a short cut that this "
            "question forbids; write that part yourself.",
            blocking=True,
        ),
    )


SELF_TEST = """\
import torch.nn as nn
{before}
if __name__ == "__main__":
    print(nn.MultiheadAttention(8, 2))
else:
    pass{otherwise}
"""


@pytest.mark.parametrize(
    ("before", "otherwise", "blocking"),
    [
        ("", "", {4: False}),
        ("__name__ = '__main__'", "", {4: True}),
        ("globals()['__name__'] = '__main__'", "", {4: True}),
        ("", "; nn.MultiheadAttention", {4: False, 6: True}),
    ],
)
def test_a_self_test_under_the_scripts_guard_never_blocks(
    before: str, otherwise: str, blocking: dict[int, bool]
) -> None:
    findings = screen(SELF_TEST.format(before=before, otherwise=otherwise), "answer.py", FORBIDDEN)
    assert {f.line: f.blocking for f in findings if f.rule == "short-cut"} == blocking


@pytest.mark.parametrize(
    ("encoding", "mark"), [("utf-8", b""), ("utf-8", b"\xef\xbb\xbf"), ("gbk", b"# coding: gbk\n"), ("latin-1", b"")]
)
def test_bytes_are_read_as_python_reads_them(encoding: str, mark: bytes) -> None:
    text = "名 = '值'; eval(x)" if encoding != "latin-1" else "pass; pass  ; eval(x)"
    (finding,) = screen(mark + text.encode(encoding), "answer.py")
    assert (finding.line, finding.column) == (1 + mark.count(b"\n"), text.index("eval") + 1)


@pytest.mark.parametrize("comment", [b"# caf\xe9", b"x = 1\ny = 2\n# caf\xe9"])
def test_a_comment_that_is_not_utf_8_hides_nothing(comment: bytes) -> None:
    assert "dynamic-code" in {f.rule for f in screen(comment + b"\neval(x)\n", "answer.py")}


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lines_are_counted_as_python_counts_them(newline: str) -> None:
    (finding,) = screen(newline.join(["s = '\x0c\u2028'", "", "eval(x)"]), "answer.py")
    assert (finding.line, finding.column) == (3, 1)


def test_findings_are_sorted_and_the_blocking_ones_are_kept() -> None:
    findings = screen("x = input()\n" * (2 * MAX_FINDINGS) + "y = input(), eval(x)\n", "answer.py")
    places = [(f.line, f.column) for f in findings]
    assert len(findings) == MAX_FINDINGS
    assert places == sorted(places)
    assert [(f.rule, f.line) for f in findings if f.blocking] == [("dynamic-code", 2 * MAX_FINDINGS + 1)]


def test_a_hostile_exec_of_code_within_code_is_followed_then_refused() -> None:
    code = "1"
    for _ in range(6):
        code = f"exec({code!r})"
    assert "dynamic-code" in {f.rule for f in screen(code, "answer.py") if f.blocking}
