"""An engine that is not there, may not be used, lacks an image, has a full disk, or dies."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from docker.errors import APIError

from sandbox.base import Runtime, SandboxError, SandboxUnavailable
from sandbox.docker import DockerSandbox, images
from sandbox.docker.container import RUN_LABEL, Container, Plan
from sandbox.docker.engine import connect
from sandbox.limits import Limits

ROOT = Path(__file__).parent.parent.parent.parent
NUMPY = Runtime("numpy")


def grade(tmp_path, **environment):
    (tmp_path / "alice").mkdir(exist_ok=True)
    (tmp_path / "alice" / "q06.py").write_text("import numpy as np\n")
    return subprocess.run(
        [sys.executable, "-m", "cli", "grade", str(tmp_path / "alice"), "--sandbox", "docker"],
        cwd=ROOT,
        env=os.environ | {"GRADER_STORE": str(tmp_path / "store.sqlite3")} | environment,
        capture_output=True,
        text=True,
    )


def test_no_engine(tmp_path):
    done = grade(tmp_path, DOCKER_HOST=f"unix://{tmp_path}/docker.sock")
    assert done.returncode == 3
    assert done.stderr == (
        "grader: no Docker Engine answers (no such file or directory): start it, or set DOCKER_HOST, or use "
        "--sandbox local\n"
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become someone who may not use a socket")
def test_no_permission_on_its_socket(monkeypatch):
    # The file system's rights are asked for by the effective user, who is nobody inside this block.
    folder = Path("/tmp") / f"grader-test-{os.getpid()}"
    folder.mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "docker.sock"))
        (folder / "docker.sock").chmod(0o600)
        monkeypatch.setenv("DOCKER_HOST", f"unix://{folder}/docker.sock")
        os.seteuid(65534)
        try:
            with pytest.raises(SandboxUnavailable, match="may not use the Docker Engine's socket: join the group"):
                connect()
        finally:
            os.seteuid(0)
            shutil.rmtree(folder)


def test_a_missing_image(docker_sandbox, monkeypatch):
    monkeypatch.setattr(images, "_digest", lambda paths: "0" * 12)
    with pytest.raises(SandboxUnavailable, match=r"no image grader-packages:0{12}: build it with `grader runtime bu"):
        DockerSandbox()


def test_a_base_image_that_cannot_be_had(docker_sandbox):
    with pytest.raises(SandboxError, match=r"no-such-base.* --base"):
        images.build(connect(), "no-such-base:1", "", print)


def test_images_of_other_versions_are_removed_on_demand(docker_sandbox, monkeypatch):
    client, said = connect(), []
    ours = client.images.get(docker_sandbox._plan.image)
    monkeypatch.setattr(images, "_RUNTIME", "grader-test-runtime")
    monkeypatch.setattr(images, "_PACKAGES", "grader-test-packages")
    for name in (images.runtime_tag(), "grader-test-runtime:old", "grader-test-packages:old"):
        ours.tag(name)
    try:
        images.prune(client, said.append)
        assert sorted(said) == ["removed grader-test-packages:old", "removed grader-test-runtime:old"]
        assert [image.name for image in images.images(client)] == [images.runtime_tag()]
    finally:
        client.images.remove(images.runtime_tag())


class Relay:
    """A TCP port that leads to the engine, until it is closed: then the engine has died, as far as anyone can see."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets = [self._listener]
        self.url = f"tcp://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            engine = socket.socket(socket.AF_UNIX)
            engine.connect("/var/run/docker.sock")
            self._sockets += [client, engine]
            for source, target in ((client, engine), (engine, client)):
                threading.Thread(target=self._copy, args=(source, target), daemon=True).start()

    def _copy(self, source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)

    def close(self):
        for sock in self._sockets:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()


@pytest.mark.skipif(not Path("/var/run/docker.sock").exists(), reason="the engine is not at its usual socket")
def test_an_engine_that_dies_while_an_answer_runs_is_our_failure(docker_sandbox, monkeypatch):
    relay = Relay()
    try:
        monkeypatch.setenv("DOCKER_HOST", relay.url)
        sandbox = DockerSandbox()
        worker = sandbox.cell(NUMPY, Limits()).open()
        source = b"def f():\n    while True: pass"
        worker.send({"op": "load", "files": {"a.py": source}, "main": "a.py", "support": {}, "seed": 1}, 20)
        worker.receive(20)
        worker.send({"op": "call", "name": "f", "args": [], "kwargs": {}}, 20)
        relay.close()
        with pytest.raises(SandboxError, match="Docker Engine went away"):
            worker.receive(20)
        with pytest.raises(SandboxError, match="Docker Engine"):
            sandbox.cell(NUMPY, Limits(memory_mb=77)).open()
    finally:
        relay.close()
        monkeypatch.undo()
        sandbox._keeper.kill()  # it would wait for that engine to come back
        sandbox._keeper.wait()
        for left in connect().containers.list(
            all=True, filters={"label": f"{RUN_LABEL}={sandbox._plan.run}"}, ignore_removed=True
        ):
            with contextlib.suppress(APIError):  # it is being removed already
                left.remove(force=True)


@pytest.fixture
def engine_with_a_full_disk(tmp_path, monkeypatch):
    """A second engine, whose disk is a small file system in memory, with a tiny image and no room left."""
    if os.geteuid() != 0 or not shutil.which("dockerd"):
        pytest.skip("needs root and dockerd, to start a second engine")
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "none", str(disk)], capture_output=True).returncode:
        pytest.skip("may not mount a file system here")
    folder = Path(f"/tmp/grader-engine-{os.getpid()}")  # the name of a socket is short
    host = f"unix://{folder}/docker.sock"
    options = ["--iptables=false", "--ip6tables=false", "--bridge=none", "--exec-opt", "native.cgroupdriver=cgroupfs"]
    options += ["--data-root", str(disk), "--exec-root", f"{folder}/exec", "--pidfile", f"{folder}/pid", "-H", host]
    folder.mkdir()
    with (folder / "log").open("wb") as log:
        engine = subprocess.Popen(["dockerd", "--storage-driver", "vfs", *options], stdout=log, stderr=log)
    try:
        monkeypatch.setenv("DOCKER_HOST", host)
        client = wait_for_engine(engine)
        client.api.import_image_from_data(empty_archive(), repository="tiny", tag="latest")
        with contextlib.suppress(OSError), (disk / "filler").open("wb") as filler:
            while True:
                filler.write(bytes(1 << 16))
                filler.flush()
        yield client
    finally:
        engine.terminate()
        engine.wait()
        subprocess.run(["umount", "--recursive", str(disk)], capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)


def wait_for_engine(engine):
    while engine.poll() is None:
        try:
            return connect()
        except SandboxUnavailable:
            continue
    pytest.skip("a second engine does not start here")


def empty_archive():
    """A tar file without a member: the smallest image."""
    return bytes(10240)


def test_a_full_disk(engine_with_a_full_disk):
    plan = Plan("tiny", "a-run")
    with pytest.raises(SandboxError, match=r"could not start a container: .*no space left.*; free disk space"):
        Container(engine_with_a_full_disk, plan, ["true"], Limits())
