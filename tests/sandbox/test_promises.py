"""The promises of `sandbox/base.py`, kept by every backend. Each test says what an answer tries."""

import sys
from pathlib import Path

import pytest

from sandbox.base import MemoryExceeded, OutputExceeded, Runtime, TimeExceeded, WorkerEnded
from sandbox.limits import Limits

LIMITS = Limits(memory_mb=256, output_kb=16, scratch_mb=8, scratch_files=100, threads=32)
SECONDS = 20.0
ROOT = Path(__file__).parent.parent.parent
NUMPY = Runtime("numpy")


def load(worker, source, seconds=SECONDS):
    worker.send(
        {"op": "load", "files": {"answer.py": source.encode()}, "main": "answer.py", "support": {}, "seed": 1}, SECONDS
    )
    return worker.receive(seconds)


@pytest.fixture(scope="module", params=["local", "docker"])
def backend(request):
    """One of the sandboxes."""
    return request.getfixturevalue({"local": "sandbox", "docker": "docker_sandbox"}[request.param])


@pytest.fixture(scope="module")
def cell(backend):
    opened = backend.cell(NUMPY, LIMITS)
    yield opened
    opened.close()


@pytest.fixture
def worker(cell):
    opened = cell.open()
    yield opened
    opened.close()


def error_of(worker, source):
    reply = load(worker, source)
    assert "error" in reply, f"it succeeded: {source}"
    return reply["error"]["type"]


@pytest.mark.parametrize("framework", ["numpy", "torch", "tensorflow"])
def test_a_worker_computes_in_its_framework(backend, framework):
    source = {
        "numpy": "import numpy as np\ndef f(x): return np.exp(x)",
        "torch": "import torch\ndef f(x): return torch.exp(x)",
        "tensorflow": "import tensorflow as tf\ndef f(x): return tf.exp(x)",
    }
    worker = backend.open(Runtime(framework), Limits())
    try:
        assert load(worker, source[framework]) == {"value": None}
        worker.send({"op": "call", "name": "f", "args": [0.0], "kwargs": {}}, SECONDS)
        if framework != "torch":  # torch.exp takes tensors only
            assert float(worker.receive(SECONDS)["value"]) == 1.0
        else:
            assert worker.receive(SECONDS)["error"]["type"] == "TypeError"
    finally:
        worker.close()


@pytest.mark.parametrize("framework", ["torch", "tensorflow"])
def test_training_works_behind_the_wall(backend, framework):
    source = {
        "torch": """
import torch
model = torch.nn.Linear(2, 1)
optimizer = torch.optim.Adam(model.parameters(), 0.1)
for _ in range(3):
    optimizer.zero_grad(); model(torch.ones(4, 2)).sum().backward(); optimizer.step()
""",
        "tensorflow": """
import keras, numpy as np
model = keras.Sequential([keras.layers.Dense(4, activation="relu"), keras.layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.ones((8, 2)), np.ones((8, 1)), epochs=2, verbose=0)
""",
    }
    worker = backend.open(Runtime(framework), Limits())
    try:
        assert load(worker, source[framework], 60) == {"value": None}
    finally:
        worker.close()


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "/proc/1/environ",
        str(ROOT / "grader" / "rubric.py"),
        str(ROOT / "pyproject.toml"),
        "/root/.bashrc",
        "/var/log/dpkg.log",
        "/dev/mem",
        "/proc/self/environ",
        "/proc/self/mem",
        "/tmp",
        "/",
        str(ROOT),
    ],
)
def test_it_reads_no_file_but_the_interpreter(worker, path):
    if path == "/dev/mem" and not Path(path).exists():
        pytest.skip(f"there is no {path} here")
    how = f"import os; os.listdir({path!r})" if Path(path).is_dir() else f"open({path!r}, 'rb').read(1)"
    assert error_of(worker, how) in ("PermissionError", "FileNotFoundError")  # a container has no file of ours


@pytest.mark.parametrize("name", ["grader", "rubrics", "reference", "cli"])
def test_it_cannot_import_the_project(worker, name):
    assert error_of(worker, f"import {name}") in ("ModuleNotFoundError", "PermissionError")


@pytest.mark.parametrize("path", ["/tmp/x", "/var/tmp/x", "/dev/shm/x", sys.prefix + "/x", str(ROOT / "x")])
def test_it_writes_nowhere_but_to_its_scratch_folder(worker, path):
    assert error_of(worker, f"open({path!r}, 'w')") in ("PermissionError", "FileNotFoundError", "OSError")
    assert not Path(path).exists()


def test_it_may_use_its_scratch_folder(worker):
    source = "import os, tempfile\nopen('x', 'w').write('y')\nassert open('x').read() == 'y'\ntempfile.TemporaryFile()"
    assert load(worker, source) == {"value": None}


FILE_OF_OURS = "__import__('sys').executable"


@pytest.mark.parametrize(
    "source",
    [
        f"import os; os.chmod({FILE_OF_OURS}, 0)",
        f"import os; os.utime({FILE_OF_OURS})",
        f"import os; os.chown({FILE_OF_OURS}, 1, 1)",
        f"import os; os.setxattr({FILE_OF_OURS}, 'user.x', b'')",
        f"import os; os.link({FILE_OF_OURS}, 'x')",
        f"import os; os.symlink({FILE_OF_OURS}, 'x')",
        f"import fcntl; fcntl.fcntl(open({FILE_OF_OURS}), fcntl.F_SETLEASE, fcntl.F_WRLCK)",
        "import os; os.fork()",
        "import os; os.posix_spawn('/bin/true', ['true'], {})",
        "import subprocess; subprocess.run(['/bin/true'])",
        "import os; os.execv('/bin/true', ['true'])",
        "import multiprocessing; multiprocessing.get_context('fork').Process(target=print).start()",
        "import os; os.kill(os.getppid(), 0)",
        "import os; os.kill(1, 0)",
        "import os; os.open(f'/proc/{os.getppid()}/mem', os.O_RDWR)",
        "import resource, os; resource.prlimit(os.getppid(), resource.RLIMIT_CPU, (1, 1))",
        "import os; os.sched_setaffinity(os.getppid(), {0})",
        "import os; os.setpriority(os.PRIO_PROCESS, os.getppid(), 19)",
        "import os; os.pidfd_open(os.getppid())",
        "import os; os.memfd_create('x')",
        "import mmap; mmap.mmap(-1, 4096)",
        "import socket; socket.socket()",
        "import socket; socket.socket(socket.AF_UNIX)",
        "import socket; socket.getaddrinfo('example.org', 80)",
        "import urllib.request; urllib.request.urlopen('http://127.0.0.1')",
        "import os; os.mkfifo('x')",
        "import os; os.chroot('.')",
        "import os; os.setuid(1)",
    ],
)
def test_it_is_refused(worker, source):
    assert error_of(worker, source) in ("PermissionError", "OSError", "gaierror", "URLError")


def libc(call):
    """A raw system call, that says whether it was refused."""
    return (
        f"import ctypes; libc = ctypes.CDLL(None, use_errno=True); r = libc.{call}\n"
        "assert r == -1 and ctypes.get_errno() in (1, 38), r"
    )


@pytest.mark.parametrize(
    "call",
    [
        "ptrace(16, 1, 0, 0)",
        "process_vm_readv(1, 0, 0, 0, 0, 0)",
        "unshare(0x10000000)",
        "mount(0, 0, 0, 0, 0)",
        "shmget(0, 4096, 0o1600)",
        "syscall(425, 1, 0)",
        "syscall(321, 0, 0, 0)",
        "syscall(250, 0, 0, 0)",
        "syscall(435, 0, 0)",
        "vfork()",
        "prctl(1, 0, 0, 0, 0)",
    ],
    # 425 io_uring_setup, 321 bpf, 250 keyctl, 435 clone3
)
def test_a_raw_system_call_is_refused(worker, call):
    assert load(worker, libc(call)) == {"value": None}


def test_an_endless_loop_is_ended_in_time(worker):
    load(worker, "def f():\n    while True: pass")
    worker.send({"op": "call", "name": "f", "args": [], "kwargs": {}}, SECONDS)
    with pytest.raises(TimeExceeded):
        worker.receive(0.3)


def test_a_stopped_worker_is_ended_in_time(worker):
    worker.send(
        {
            "op": "load",
            "files": {"answer.py": b"import os; os.kill(os.getpid(), 19)"},
            "main": "answer.py",
            "support": {},
            "seed": 1,
        },
        SECONDS,
    )
    with pytest.raises(TimeExceeded):
        worker.receive(0.5)


def test_a_message_that_it_does_not_read_is_given_up_in_time(worker):
    load(worker, "import os, time\ndef f(): time.sleep(100)")
    worker.send({"op": "call", "name": "f", "args": [], "kwargs": {}}, SECONDS)
    with pytest.raises(TimeExceeded):
        for _ in range(100):
            worker.send({"op": "call", "name": "f", "args": [b"x" * 100_000], "kwargs": {}}, 0.3)
        worker.receive(0.3)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import os; os._exit(0)", "exited with status 0"),
        ("import ctypes; ctypes.string_at(0)", "signal 11"),
        ("import os; os.abort()", "signal 6"),
        ("import os\nfor fd in range(3, 64):\n    try: os.close(fd)\n    except OSError: pass", "wire|exited"),
        (
            "import os\nfor fd in range(3, 64):\n    try: os.write(fd, b'\\xff' * 64)\n    except OSError: pass",
            "too much|wire",
        ),
    ],
)
def test_a_worker_that_ends_says_how(worker, source, words):
    with pytest.raises(WorkerEnded, match=words):
        load(worker, source)


def test_memory_over_the_limit_fails_inside(worker):
    assert error_of(worker, "x = bytearray(1 << 30)") == "MemoryError"


def test_tensorflow_says_at_once_that_memory_is_short(backend):
    worker = backend.open(Runtime("tensorflow"), Limits())
    try:
        reply = load(worker, "import tensorflow as tf\ntf.zeros((2_000_000_000, 8))", seconds=8)
        assert reply["error"]["kind"] == "memory"
    finally:
        worker.close()


def test_memory_that_python_does_not_count_is_limited_too(worker):
    source = "import ctypes\nlibc = ctypes.CDLL(None)\nlibc.malloc.restype = ctypes.c_void_p\n"
    source += "assert libc.malloc(1 << 30) is None"
    assert load(worker, source) == {"value": None}


def test_a_thread_bomb_is_ended(worker):
    source = "import threading, time\nthreading.stack_size(65536)\n"
    source += "while True: threading.Thread(target=time.sleep, args=(99,)).start()"
    with pytest.raises(MemoryExceeded, match="threads"):
        load(worker, source)


def test_endless_output_is_ended(worker):
    with pytest.raises(OutputExceeded, match="printed more than 16 KiB"):
        load(worker, "while True: print('x' * 100)")


def test_output_is_kept_apart_from_the_wire(worker):
    load(worker, "import sys, os\nos.write(1, b'raw ')\nprint('seen ')\nprint('too ', file=sys.stderr)")
    assert set(worker.take_output().split()) == {"seen", "too", "raw"}


@pytest.mark.parametrize(
    "source",
    [
        "for i in range(50): open(str(i), 'wb').write(b'x' * (1 << 20))\nimport time; time.sleep(9)",
        "for i in range(500): open(str(i), 'wb')\nimport time; time.sleep(9)",
        "import os\nfor i in range(3000):\n    os.mkdir('d'); os.chdir('d')\nimport time; time.sleep(9)",
    ],
)
def test_a_full_scratch_folder_is_ended(worker, source):
    with pytest.raises(OutputExceeded, match="8 MiB or 100 files"):
        load(worker, source)


def test_one_file_over_the_limit_fails_inside_and_fills_no_folder(worker):
    source = "import time\ntry: open('x', 'wb').write(b'x' * (20 << 20))\nexcept OSError: time.sleep(0.2); raise"
    assert error_of(worker, source) == "OSError"  # however often the folder is looked at meanwhile


def test_too_many_open_files_fail_inside(worker):
    assert error_of(worker, "import os\nkeep = [os.open('/dev/null', 0) for _ in range(1000)]") == "OSError"


def test_each_worker_is_as_good_as_new(cell):
    for _ in range(2):
        worker = cell.open()
        try:
            source = "import numpy, os\nassert not hasattr(numpy, 'spoilt') and os.listdir() == ['answer']\n"
            source += "numpy.spoilt = open('x', 'w')"
            assert load(worker, source) == {"value": None}
        finally:
            worker.close()


def test_a_name_that_is_no_text_confuses_nobody(worker):
    source = "import ctypes\nctypes.CDLL(None).prctl(15, b'\\xff\\xfe', 0, 0, 0)\nimport time; time.sleep(0.1)"
    assert load(worker, source) == {"value": None}
