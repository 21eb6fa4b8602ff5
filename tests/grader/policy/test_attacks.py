"""The known attacks on graders that can be seen in a source: each is named, with line, column, rule and reason."""

from textwrap import dedent

import pytest

from grader.policy import screen

FORBIDDEN = ("torch.nn.functional.scaled_dot_product_attention", "torch.nn.MultiheadAttention")

BLOCKED = [
    ("ends the process", "import os\nos._exit(0)", "controls-process", 2, 1),
    ("patches the test runner", "import _pytest.reports", "grading-engine", 1, 8),
    ("walks up the stack", "import sys\nsys._getframe(1).f_back.f_locals", "frame-access", 2, 1),
    ("walks up the stack by an error", "def f(e):\n    return e.__traceback__.tb_frame", "frame-access", 2, 12),
    ("looks through all objects", "import gc\n[o for o in gc.get_objects()]", "object-walk", 2, 13),
    ("reads its memory", "open('/proc/self/mem', 'rb')", "system-path", 1, 6),
    ("reads the memory of another", "f = open(f'/proc/{1}/mem', 'rb')", "system-path", 1, None),
    ("writes to the wire", "import os\nos.write(3, b'frame')", "file-descriptor", 2, 1),
    ("closes the wire", "import os\nos.close(3)", "file-descriptor", 2, 1),
    ("duplicates the wire", "from os import dup2\ndup2(1, 3)", "file-descriptor", 1, 16),
    ("opens the wire", "import io\nio.FileIO(3, 'w')", "file-descriptor", 2, 1),
    ("unpickles", "import pickle\npickle.loads(b'cos\\nsystem')", "unpickles", 2, 1),
    (
        "makes a pickle that runs",
        "import os\nclass E:\n    def __reduce__(self):\n        return os.system, ('id',)",
        "starts-process",
        4,
        16,
    ),
    (
        "loads hidden code",
        "import io, torch\ntorch.load(io.BytesIO(bytes.fromhex('80')), weights_only=False)",
        "unpickles",
        2,
        1,
    ),
    ("forks without end", "import os\nwhile True:\n    os.fork()", "starts-process", 3, 5),
    ("fills shared memory", "open('/dev/shm/x', 'wb').write(b'0' * n)", "system-path", 1, 6),
    ("becomes a daemon", "import os\nif os.fork() == 0:\n    os.setsid()", "controls-process", 3, 5),
    ("opens a shell", "import socket, subprocess", "network", 1, 8),
    ("opens an abstract socket", "import socket as s\ns.socket(s.AF_UNIX).connect('\\0x')", "network", 1, 8),
    ("talks over a pipe", "from multiprocessing.connection import Client", "starts-process", 1, 1),
    ("traces another process", "import ctypes\nctypes.CDLL(None).ptrace(16, 1)", "native-code", 1, 8),
    ("kills another process", "import os\nos.kill(os.getppid(), 9)", "controls-process", 2, 1),
    ("changes another's limits", "import resource\nresource.prlimit(1, 7, (0, 0))", "controls-process", 2, 1),
    ("reads keys", "import os\nopen(os.path.expanduser('~/.ssh/id_rsa'))", "system-path", 2, 25),
    ("reads the environment of another", "open('/proc/1/environ')", "system-path", 1, 6),
    ("reaches docker", "path = '/var/run/docker.sock'", "system-path", 1, 8),
    ("climbs a generator's frames", "g = (g.gi_frame.f_back for _ in [1])", "frame-access", 1, 6),
    ("climbs a coroutine's frames", "async def f(): ...\nf().cr_frame", "frame-access", 2, 1),
    ("climbs by a format", "'{0.gi_frame.f_back}'.format(g)", "hidden-attribute", 1, 1),
    ("climbs by a formatter", "string.Formatter().get_field('a.__globals__', (), d)", "interpreter-internals", 1, 1),
    (
        "climbs by an error's object",
        "try:\n    x.y\nexcept AttributeError as e:\n    e.obj.__globals__",
        "interpreter-internals",
        4,
        5,
    ),
    (
        "climbs by an exception group",
        "try:\n    f()\nexcept* E as e:\n    e.__traceback__.tb_next.tb_frame",
        "frame-access",
        4,
        5,
    ),
    ("runs at exit", "import atexit\natexit.register(print)", "controls-process", 1, 8),
    ("takes signals", "import signal\nsignal.signal(signal.SIGTERM, f)", "controls-process", 1, 8),
    ("hooks imports", "import sys\nsys.meta_path.insert(0, Finder())", "controls-process", 2, 1),
    ("hooks errors", "import sys\nsys.excepthook = f", "controls-process", 2, 1),
    ("takes another module's place", "import sys\nsys.modules['os'].system('id')", "starts-process", 2, 1),
    (
        "asks the library",
        "import torch.nn.functional as F\nF.scaled_dot_product_attention(q, k, v)",
        "short-cut",
        2,
        1,
    ),
    (
        "asks the library by a name in pieces",
        "import torch\ngetattr(torch.nn.functional, 'scaled_dot' + '_product_attention')",
        "short-cut",
        2,
        1,
    ),
    (
        "asks the library where it re-exports",
        "from torch.nn.modules.activation import MultiheadAttention",
        "short-cut",
        1,
        41,
    ),
    (
        "asks the library where it keeps it",
        "import torch\ntorch.ops.aten.scaled_dot_product_attention.default",
        "short-cut",
        2,
        1,
    ),
    ("looks for the run's seed", "import os\nnp.random.seed(int(os.environ['GRADER_SEED']))", "grading-engine", 2, 31),
    ("looks for the run's seed in the engine", "from grader.run import Settings", "grading-engine", 1, 1),
]
"""Attack, source, rule, line, column; the column is None where it depends on Python's version."""

REMARKED = [
    ("ends the process", "import sys\nsys.exit(0)", "ends-process", 2, 1),
    ("overwrites a result", "open('../result.json', 'w').write('{}')", "writes-outside", 1, 1),
    ("overwrites a test", "with open('/work/tests/test_q.py', mode='a') as f:\n    pass", "writes-outside", 1, 6),
    ("reads the rubric", "open('../../rubrics/gan/rubric.py').read()", "reads-outside", 1, 1),
    ("reads another's answer", "from pathlib import Path\nPath('/home').glob('**/q02.py')", "reads-outside", 2, 1),
    ("lists folders", "import os\nfor x in os.walk('/'):\n    pass", "reads-outside", 2, 10),
    ("reads the environment", "import os\nos.environ.items()", "reads-environment", 2, 1),
    ("patches the comparison", "import torch\ntorch.allclose = lambda *a: True", "patches-library", 2, 1),
    (
        "patches the comparison by its table",
        "import numpy as np\nnp.testing.__dict__['assert_allclose'] = f",
        "patches-library",
        2,
        1,
    ),
    ("patches the clock", "import time\ntime.perf_counter = lambda: 0.0", "patches-library", 2, 1),
    ("patches a builtin", "import builtins\nbuiltins.abs = f", "patches-library", 2, 1),
    ("patches CUDA's events", "import torch\ntorch.cuda.Event = Fake", "patches-library", 2, 1),
    ("asks whether it is tested", "import os\nos.environ.get('PYTEST_CURRENT_TEST')", "test-detection", 2, 16),
    ("loads a pickle", "import pickle\npickle.load(file)", "may-unpickle", 2, 1),
    ("starts threads without end", "import threading\nthreading.Thread(target=f).start()", "starts-thread", 2, 1),
    ("fetches from the network", "import urllib.request", "needs-network", 1, 8),
    ("runs as it is deleted", "class A:\n    def __del__(self):\n        raise SystemExit", "finalizer", 2, 5),
    ("replaces a module", "import sys\nsys.modules['numpy'] = Fake()", "module-table", 2, 1),
]


def named(source: str) -> list[tuple[str, int, int, bool]]:
    return [(f.rule, f.line, f.column, f.blocking) for f in screen(dedent(source), "answer.py", FORBIDDEN)]


@pytest.mark.parametrize(("source", "rule", "line", "column"), [c[1:] for c in BLOCKED], ids=[c[0] for c in BLOCKED])
def test_an_attack_is_refused_where_it_stands(source: str, rule: str, line: int, column: int | None) -> None:
    found = named(source)
    assert (rule, line, column or next(c for r, _, c, _ in found if r == rule), True) in found


@pytest.mark.parametrize(("source", "rule", "line", "column"), [c[1:] for c in REMARKED], ids=[c[0] for c in REMARKED])
def test_what_an_honest_answer_may_do_too_is_a_remark(source: str, rule: str, line: int, column: int) -> None:
    assert named(source) == [(rule, line, column, False)]


@pytest.mark.parametrize("name", ["conftest.py", "q02/sitecustomize.py", "usercustomize.py"])
def test_a_file_that_would_be_loaded_unasked_is_remarked_on(name: str) -> None:
    assert [(f.rule, f.file, f.blocking) for f in screen("x = 1", name)] == [("unasked-file", name, False)]
