"""The pins: the images of the docker sandbox hold the versions that the local one runs."""

import re
from pathlib import Path

REQUIREMENTS = Path(__file__).parent.parent / "requirements"


def pins(name):
    return dict(re.findall(r"^([a-z0-9_.-]+)==(\S+) \\$", (REQUIREMENTS / name).read_text(), re.MULTILINE))


def test_the_runtimes_pins_are_the_locks():
    assert pins("runtime.txt").items() <= pins("lock.txt").items()
    assert {"numpy", "tensorflow-cpu", "transformers", "sandlock"} <= pins("runtime.txt").keys()
