"""What the local sandbox promises beyond `test_promises.py`."""

import os
import select
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.base import Runtime, SandboxError, SandboxUnavailable
from sandbox.limits import Limits
from sandbox.local import LocalSandbox

SECONDS = 20.0
LIMITS = Limits(memory_mb=256)
ROOT = Path(__file__).parent.parent.parent
NUMPY = Runtime("numpy")


def load(worker, source):
    worker.send(
        {"op": "load", "files": {"answer.py": source.encode()}, "main": "answer.py", "support": {}, "seed": 1}, SECONDS
    )
    return worker.receive(SECONDS)


def test_it_sees_nothing_of_the_users_environment(monkeypatch):
    monkeypatch.setenv("GRADER_PLANTED", "a secret")
    with LocalSandbox() as sandbox:
        worker = sandbox.open(NUMPY, LIMITS)
        load(worker, "import os\ndef names(): return sorted(os.environ)")
        worker.send({"op": "call", "name": "names", "args": [], "kwargs": {}}, SECONDS)
        names = set(worker.receive(SECONDS)["value"])
    assert not names & {"GRADER_PLANTED", "USER", "LOGNAME", "SSH_AUTH_SOCK", "PYTHONPATH", "VIRTUAL_ENV"}


def test_a_template_that_dies_is_our_failure_and_is_started_again():
    with LocalSandbox() as sandbox:
        worker = sandbox.open(NUMPY, LIMITS)
        load(worker, "def f():\n    while True: pass")
        worker.send({"op": "call", "name": "f", "args": [], "kwargs": {}}, SECONDS)
        sandbox._templates[NUMPY].kill()
        with pytest.raises(SandboxError, match="template ended"):
            worker.receive(SECONDS)
        sandbox._templates[NUMPY].wait()
        again = sandbox.open(NUMPY, LIMITS)
        assert load(again, "x = 1") == {"value": None}
        again.close()


def test_nothing_is_left_when_a_sandbox_is_closed():
    with LocalSandbox() as sandbox:
        worker = sandbox.open(NUMPY, LIMITS)
        load(worker, "import os\nopen('kept', 'w')\ndef pid(): return os.getpid()")
        worker.send({"op": "call", "name": "pid", "args": [], "kwargs": {}}, SECONDS)
        pid, folder = worker.receive(SECONDS)["value"], Path(sandbox.folder)
        assert folder.exists()
    assert not folder.exists()
    assert not Path(f"/proc/{pid}").exists()


def test_nothing_is_left_when_the_grader_is_killed(tmp_path):
    program = f"""
import os, sys, signal
sys.path.insert(0, {str(ROOT)!r})
from sandbox.local import LocalSandbox
from sandbox.base import Runtime
from sandbox.limits import Limits
sandbox = LocalSandbox()
worker = sandbox.open(Runtime("numpy"), Limits())
template = next(iter(sandbox._templates.values()))
print(sandbox.folder, template.pid, flush=True)
sys.stdin.readline()
"""
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as grader:
        folder, template = grader.stdout.readline().split()
        end = os.pidfd_open(int(template))
        grader.kill()
        assert select.select([end], [], [], SECONDS)[0], "the template outlives the grader"
        os.close(end)
    assert not Path(folder).exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="without root already")
@pytest.mark.skipif(shutil.which("unshare") is None, reason="util-linux's unshare is missing")
def test_the_wall_holds_without_root():
    # In a user namespace of its own the process has no capability outside it, as an ordinary user has none.
    done = subprocess.run(
        ["unshare", "--user", sys.executable, "-m", "cli", "doctor"], cwd=ROOT, capture_output=True, text=True
    )
    if "unshare" in done.stderr:
        pytest.skip(done.stderr.strip())
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_wall_holds_as_this_user():
    done = subprocess.run([sys.executable, "-m", "cli", "doctor"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def kernel_without_landlock(monkeypatch):
    sandlock = pytest.importorskip("sandlock")
    monkeypatch.setattr(sandlock, "landlock_abi_version", lambda: 0)


def test_a_missing_layer_is_refused_with_its_remedy(kernel_without_landlock):
    with pytest.raises(SandboxUnavailable, match="Landlock ABI 0 is older than 6: use Linux"):
        LocalSandbox()


def test_a_missing_layer_that_is_accepted_by_name_is_said(kernel_without_landlock):
    with LocalSandbox(without=["landlock"]) as sandbox:
        assert "landlock" not in sandbox.layers
        assert "seccomp" in sandbox.layers


def test_only_the_layer_that_was_named_is_accepted(kernel_without_landlock):
    with pytest.raises(SandboxUnavailable, match="Landlock"):
        LocalSandbox(without=["seccomp"])
