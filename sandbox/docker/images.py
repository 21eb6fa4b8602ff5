"""The images of the docker sandbox: built here, named by what they are made of, so that a stale one is never run."""

from __future__ import annotations

import hashlib
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
import docker.errors

from sandbox.base import SandboxError, SandboxUnavailable
from sandbox.docker.engine import asking

_SANDBOX = Path(__file__).resolve().parent.parent
_DOCKERFILES = _SANDBOX / "docker"
_PINS = _SANDBOX.parent / "requirements"
_PACKAGES, _RUNTIME = "grader-packages", "grader-runtime"
_BASE_LABEL, _STAGE_LABEL = "grader.base", "grader.stage"
# Where the host is no Linux of its own: the wheels of PyPI that run on any.
_LINUX_WHEELS = ("manylinux_2_28", "manylinux_2_27", "manylinux_2_17", "manylinux2014")


@dataclass(frozen=True)
class Image:
    """An image of ours. `current` says whether it is what this version of the engine runs."""

    name: str
    megabytes: int
    current: bool


def packages_tag() -> str:
    """The name of the image that holds the interpreter and the frameworks."""
    return f"{_PACKAGES}:{_digest(_pins())}"


def runtime_tag() -> str:
    """The name of the image that this version runs."""
    return f"{_RUNTIME}:{_digest([*_pins(), _DOCKERFILES / 'runtime.Dockerfile', *_engine()])}"


def images(client: docker.DockerClient, packages: bool = False) -> list[Image]:
    """Every image of ours that the engine has; with `packages`, those too on which they rest."""
    names = [f"{_RUNTIME}:*", *([f"{_PACKAGES}:*"] if packages else [])]
    with asking("list its images"):
        found = client.images.list(filters={"reference": names})
    current = (runtime_tag(), packages_tag())
    tagged = (
        (tag, image) for image in found for tag in image.tags if tag.startswith((f"{_RUNTIME}:", f"{_PACKAGES}:"))
    )
    return [Image(tag, image.attrs["Size"] >> 20, tag in current) for tag, image in tagged]


def prune(client: docker.DockerClient, say: Callable[[str], None]) -> None:
    """Remove the images of other versions; `say` is told which, and which are in use."""
    for image in images(client, packages=True):
        if not image.current:
            try:
                with asking(f"remove {image.name}"):
                    client.images.remove(image.name)
                say(f"removed {image.name}")
            except SandboxError as error:
                say(str(error))


def require_runtime(client: docker.DockerClient) -> str:
    """The name of the image to run. Raises SandboxUnavailable where its packages have not been built."""
    if not _find(client, runtime_tag()):
        if not _find(client, packages_tag()):
            raise SandboxUnavailable(f"there is no image {packages_tag()}: build it with `grader runtime build`")
        _build_runtime(client)  # the engine's half is copied onto the packages in a moment
    return runtime_tag()


def build(client: docker.DockerClient, base: str, torch_index: str, say: Callable[[str], None]) -> str:
    """Build what is missing, and return the name of the image to run. `say` is told what goes on.

    `base` is an image that has Python with venv, of Debian or the like. Raises SandboxError.
    """
    base_id = _base_id(client, base, say)
    known = _find(client, packages_tag())
    if not known or known.labels.get(_BASE_LABEL) != base_id:
        with tempfile.TemporaryDirectory(prefix="grader-build-") as folder:
            _download(client, base, Path(folder) / "wheels", torch_index, say)
            say(f"building {packages_tag()}")
            arguments = {"BASE": base, "BASE_ID": base_id}
            _build_image(client, Path(folder), "packages.Dockerfile", packages_tag(), arguments)
            try:
                with asking("remove what the build has left"):
                    client.images.prune({"label": _STAGE_LABEL, "dangling": True})
            except SandboxError as error:  # the image is there all the same
                say(str(error))
    say(f"building {runtime_tag()}")
    _build_runtime(client)
    return runtime_tag()


def _build_runtime(client: docker.DockerClient) -> None:
    with tempfile.TemporaryDirectory(prefix="grader-build-") as folder:
        for path in _engine():
            copy = Path(folder) / "sandbox" / path.relative_to(_SANDBOX)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
        _build_image(client, Path(folder), "runtime.Dockerfile", runtime_tag(), {"PACKAGES": packages_tag()})


def _find(client: docker.DockerClient, name: str) -> Any:
    """The image `name`, or None."""
    try:
        with asking(f"look up {name}"):
            return client.images.get(name)
    except docker.errors.ImageNotFound:
        return None


def _base_id(client: docker.DockerClient, base: str, say: Callable[[str], None]) -> str:
    found = _find(client, base)
    if not found:
        say(f"pulling {base}")
        try:
            with asking(f"pull {base} (give a base image of your own with --base)"):
                found = client.images.pull(base)
        except docker.errors.NotFound as error:
            raise SandboxError(f"{base} cannot be pulled ({error.explanation}): give another with --base") from None
    return str(found.id)


def _download(
    client: docker.DockerClient, base: str, folder: Path, torch_index: str, say: Callable[[str], None]
) -> None:
    with asking(f"run python3 in {base}"):
        version = client.containers.run(
            base,
            ["-c", "import sys, platform; print('%d.%d' % sys.version_info[:2], platform.machine())"],
            entrypoint="python3",
            network_mode="none",
            remove=True,
        )
    python, machine = version.decode().split()
    say(f"downloading the packages for Python {python} on {machine}")
    common = [sys.executable, "-m", "pip", "download", "--quiet", "--dest", str(folder)]
    common += ["--only-binary", ":all:", "--python-version", python, "--implementation", "cp"]
    if not sys.platform.startswith("linux") or platform.machine() != machine:
        common += [x for wheel in _LINUX_WHEELS for x in ("--platform", f"{wheel}_{machine}")]
    index = ["--index-url", torch_index] if torch_index else []
    for arguments in (
        ["--no-deps", "--require-hashes", "-r", str(_PINS / "runtime.txt")],
        ["--no-deps", *index, "-r", str(_PINS / "torch.txt")],
    ):
        done = subprocess.run([*common, *arguments], capture_output=True, text=True)
        if done.returncode:
            said = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or [done.stderr.strip()]
            raise SandboxError(f"the packages of {arguments[-1]} could not be downloaded: {said[-1][:500]}")


def _build_image(
    client: docker.DockerClient, context: Path, dockerfile: str, tag: str, arguments: dict[str, str]
) -> None:
    shutil.copyfile(_DOCKERFILES / dockerfile, context / "Dockerfile")
    try:
        with asking(f"build {tag}"):
            # Nothing is fetched while an image is built.
            client.images.build(path=str(context), tag=tag, buildargs=arguments, network_mode="none", rm=True)
    except docker.errors.BuildError as error:
        raise SandboxError(f"{dockerfile}: {tag} was not built: {error.msg}") from None


def _pins() -> list[Path]:
    return [_PINS / "runtime.txt", _PINS / "torch.txt", _DOCKERFILES / "packages.Dockerfile"]


def _engine() -> list[Path]:
    """The files that an image holds of ours: the sandbox, without this backend of it."""
    found = [*_SANDBOX.glob("*.py"), *(_SANDBOX / "runner").glob("*.py")]
    return sorted(found)


def _digest(paths: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for path in paths:
        content = path.read_bytes()
        total.update(f"{path.name}\0{len(content)}\0".encode() + content)
    return total.hexdigest()[:12]
