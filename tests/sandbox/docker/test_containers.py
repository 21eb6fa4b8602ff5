"""What the docker sandbox promises beyond `test_promises.py`, seen on real containers."""

import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from grader import schedule
from grader.schedule import Unit
from grader.source import Source
from sandbox import wall
from sandbox.base import Runtime, SandboxError, SandboxUnavailable, WorkerEnded
from sandbox.docker import DockerSandbox
from sandbox.docker.container import RUN_LABEL
from sandbox.docker.engine import connect
from sandbox.limits import Limits

ROOT = Path(__file__).parent.parent.parent.parent
SECONDS = 20.0
LIMITS = Limits(memory_mb=300, scratch_mb=16)
NUMPY = Runtime("numpy")


def load(worker, source):
    worker.send(
        {"op": "load", "files": {"answer.py": source.encode()}, "main": "answer.py", "support": {}, "seed": 1}, SECONDS
    )
    return worker.receive(SECONDS)


@pytest.fixture(scope="module")
def engine(docker_sandbox):
    return connect()


def containers_of(engine, sandbox):
    return engine.containers.list(all=True, filters={"label": f"{RUN_LABEL}={sandbox._plan.run}"}, ignore_removed=True)


@pytest.fixture(scope="module")
def container(engine, docker_sandbox):
    """What the engine says of a container that serves an answer."""
    cell = docker_sandbox.cell(NUMPY, LIMITS)
    worker = cell.open()
    load(worker, "x = 1")
    attributes = engine.containers.get(cell.container._id).attrs
    yield attributes
    cell.close()


def test_it_has_no_network_and_no_host_mount(container):
    host = container["HostConfig"]
    assert host["NetworkMode"] == "none"
    assert host["IpcMode"] == "none"
    assert not host["Binds"]
    assert [mount for mount in container["Mounts"] if mount["Type"] != "tmpfs"] == []


def test_it_is_read_only_but_for_a_capped_scratch_folder(container):
    host = container["HostConfig"]
    assert host["ReadonlyRootfs"]
    assert list(host["Tmpfs"]) == ["/scratch"]
    assert {"nosuid", "nodev", "noexec", "size=96m"} <= set(host["Tmpfs"]["/scratch"].split(","))


def test_it_has_no_privilege(container):
    host = container["HostConfig"]
    assert host["CapDrop"] == ["ALL"]
    assert not host["CapAdd"]
    assert not host["Privileged"]
    assert "no-new-privileges" in host["SecurityOpt"]
    assert container["Config"]["User"] == "65534:65534"


def test_its_seccomp_profile_is_the_one_of_the_repository(container):
    (given,) = [option for option in container["HostConfig"]["SecurityOpt"] if option.startswith("seccomp=")]
    kept = json.loads((ROOT / "sandbox" / "docker" / "seccomp.json").read_text())
    assert json.loads(given.removeprefix("seccomp=")) == kept
    assert kept["defaultAction"] == "SCMP_ACT_ERRNO"


def test_the_profile_lets_the_wall_inside_be_built():
    profile = json.loads((ROOT / "sandbox" / "docker" / "seccomp.json").read_text())
    names = {name for rule in profile["syscalls"] if rule["action"] == "SCMP_ACT_ALLOW" for name in rule["names"]}
    assert set(wall._ALLOWED) <= names
    assert not names & {"mount", "ptrace", "bpf", "keyctl", "unshare", "setns", "io_uring_setup", "process_vm_readv"}


def test_memory_processes_and_cpus_are_limited_and_there_is_no_swap(container):
    host = container["HostConfig"]
    assert host["Memory"] == host["MemorySwap"] == (1536 + 300 + 96) << 20
    assert host["PidsLimit"] == 2048
    assert 0 < host["NanoCpus"] <= 2 * 10**9


def test_each_answer_has_a_container_of_its_own(engine, docker_sandbox):
    first, second = (docker_sandbox.cell(NUMPY, LIMITS) for _ in range(2))
    for cell in (first, second):
        load(cell.open(), "x = 1")
    assert first.container._id != second.container._id
    for cell in (first, second):
        cell.close()


def test_a_container_that_is_killed_ends_its_answers_call_alone(engine, docker_sandbox):
    cell = docker_sandbox.cell(NUMPY, LIMITS)
    worker = cell.open()
    load(worker, "def f():\n    while True: pass")
    worker.send({"op": "call", "name": "f", "args": [], "kwargs": {}}, SECONDS)
    engine.api.kill(cell.container._id)
    with pytest.raises(WorkerEnded, match="container ended"):
        worker.receive(SECONDS)
    assert load(cell.open(), "x = 1") == {"value": None}
    cell.close()


def test_nothing_is_left_when_a_sandbox_is_closed(engine, docker_sandbox):
    with DockerSandbox() as sandbox:
        for _ in range(2):
            load(sandbox.open(NUMPY, LIMITS), "x = 1")
        assert containers_of(engine, sandbox)
    assert containers_of(engine, sandbox) == []
    assert engine.volumes.list() == []
    assert {network.name for network in engine.networks.list()} <= {"none", "host", "bridge"}


def test_nothing_is_left_when_the_grader_is_killed(engine):
    program = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from sandbox.base import Runtime
from sandbox.docker import DockerSandbox
from sandbox.limits import Limits
sandbox = DockerSandbox()
worker = sandbox.open(Runtime("numpy"), Limits())
print(sandbox._plan.run, sandbox._keeper.pid, flush=True)
sys.stdin.readline()
"""
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as grader:
        run, keeper = grader.stdout.readline().split()
        label = {"label": f"{RUN_LABEL}={run}"}
        assert engine.containers.list(all=True, filters=label, ignore_removed=True)
        end = os.pidfd_open(int(keeper))
        grader.send_signal(signal.SIGKILL)
        assert select.select([end], [], [], 60)[0], "the keeper does not end"
        os.close(end)
    assert engine.containers.list(all=True, filters=label, ignore_removed=True) == []


def test_a_cohort_is_graded_in_containers(docker_sandbox, toy, tmp_path):
    reference = toy.reference_source("numpy")
    endless = reference + b"\ndef double(x):\n    while True: pass\n"
    sources = [reference, endless, reference + b"\n# again"]
    units = [Unit(toy, Source({"a.py": source}, "a.py", "numpy")) for source in sources]
    results = {}
    docker_sandbox.start([NUMPY])
    schedule.run(units, docker_sandbox, tmp_path / "store.sqlite3", 3, 2, results.__setitem__)
    assert results[0].score == results[2].score == 100
    assert results[1].score < 100
    verdicts = {case.verdict.value for criterion in results[1].criteria for case in criterion.cases}
    assert "time_limit" in verdicts
    assert "grader_error" not in verdicts


def test_an_unknown_oci_runtime_is_named(docker_sandbox):
    with pytest.raises(SandboxUnavailable, match=r"no runtime 'runsc-x'; it has .*runc"):
        DockerSandbox(oci_runtime="runsc-x")


def test_an_oci_runtime_is_taken_by_name(docker_sandbox):
    with DockerSandbox(oci_runtime="runc") as sandbox:
        worker = sandbox.open(NUMPY, LIMITS)
        assert load(worker, "x = 1") == {"value": None}


def test_a_runtime_that_does_not_start_is_our_failure(docker_sandbox):
    with pytest.raises(SandboxError, match=r"the numpy runtime did not start in its container: .*no_such_module"):
        docker_sandbox.cell(Runtime("numpy", ("no_such_module",)), LIMITS).open()


def test_an_engine_that_has_no_gpus_to_hand_out_says_what_it_needs(engine, docker_sandbox):
    if "nvidia" in engine.info()["Runtimes"]:
        pytest.skip("this engine hands out GPUs")
    with pytest.raises(SandboxError, match=r"could not start a container: .*; install NVIDIA's container toolkit"):
        docker_sandbox.open(Runtime("torch", gpu="GPU-0"), Limits())
    with_gpu = [c for c in containers_of(engine, docker_sandbox) if c.attrs["HostConfig"]["DeviceRequests"]]
    assert with_gpu == []
