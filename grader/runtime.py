"""What answers run with: the frameworks installed here, and the images of the docker sandbox."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator
from importlib import metadata

from sandbox.base import SandboxUnavailable

DEFAULT_BASE = "python:{}.{}-slim".format(*platform.python_version_tuple())
_PACKAGES = {
    "numpy": ("numpy",),
    "torch": ("torch",),
    "tensorflow": ("tensorflow", "tensorflow-cpu"),
    "keras": ("keras",),
    "transformers": ("transformers",),
}


def versions() -> dict[str, str]:
    """The frameworks that are installed here, and their versions."""
    found = {}
    for name, packages in _PACKAGES.items():
        for package in packages:
            try:
                found[name] = metadata.version(package)
                break
            except metadata.PackageNotFoundError:
                continue
    return found


def listed() -> Iterator[str]:
    """One line for each runtime and image."""
    from sandbox.docker.engine import connect
    from sandbox.docker.images import images, runtime_tag

    packages = ", ".join(f"{name} {version}" for name, version in versions().items())
    yield f"local   Python {platform.python_version()} with {packages}"
    try:
        found = images(connect())
    except SandboxUnavailable as error:
        yield f"docker  {error}"
        return
    for image in found:
        yield f"docker  {image.name}, {image.megabytes} MB{'' if image.current else ', of another version'}"
    if not any(image.current for image in found):
        yield f"docker  {runtime_tag()} is missing: build it with `grader runtime build`"


def prune(say: Callable[[str], None]) -> None:
    """Remove the images of other versions; `say` is told which. Raises SandboxError."""
    from sandbox.docker.engine import connect
    from sandbox.docker.images import prune as prune_images

    prune_images(connect(), say)


def build(base: str, torch_index: str, say: Callable[[str], None]) -> str:
    """Build the image of the docker sandbox and return its name; `say` is told what goes on. Raises SandboxError."""
    from sandbox.docker.engine import connect
    from sandbox.docker.images import build as build_image

    return build_image(connect(), base, torch_index, say)
