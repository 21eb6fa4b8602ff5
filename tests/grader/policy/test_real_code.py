"""Published model code passes the policy: whole folders of the installed frameworks, chosen by what they hold."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from grader.policy import screen

FOLDERS = [
    ("torch", "nn/modules/*.py", 20),
    ("torch", "optim/*.py", 15),
    ("torch", "distributions/*.py", 30),
    ("keras", "src/layers/*/*.py", 100),
    ("keras", "src/optimizers/*.py", 15),
    ("transformers", "models/[bg]*/modeling_*.py", 60),
]
"""Package, files, and how many there are at least."""


@pytest.mark.parametrize(("package", "pattern", "least"), FOLDERS, ids=[f"{p}/{f}" for p, f, _ in FOLDERS])
def test_published_model_code_is_not_refused(package: str, pattern: str, least: int) -> None:
    spec = find_spec(package)
    assert spec and spec.origin
    files = [path for path in Path(spec.origin).parent.glob(pattern) if not path.name.endswith("_test.py")]
    assert len(files) >= least
    assert [f for path in files for f in screen(path.read_bytes(), str(path)) if f.blocking] == []
