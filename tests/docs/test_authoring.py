"""docs/authoring.md, followed to the letter."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "authoring.md").read_text(encoding="utf-8")
TUTORIAL = GUIDE.partition("\n## Tutorial\n")[2].partition("\n## ")[0]

FILE = r"^`(?P<path>[\w./]+)`\n\n(?P<fence>`{3,})\w+\n(?P<text>.*?)^(?P=fence)$"
COMMAND = r"^    (?P<command>grader [^\n]*)$"


def test_the_tutorials_question_passes(tmp_path):
    """Its files are written and its commands run in the order in which a reader comes to them."""
    environment = os.environ | {"GRADER_STORE": str(tmp_path / "store.sqlite3")}
    ran = []
    for step in re.finditer(f"{FILE}|{COMMAND}", TUTORIAL, re.MULTILINE | re.DOTALL):
        if step["path"]:
            path = tmp_path / step["path"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(step["text"], encoding="utf-8")
            continue
        command = [sys.executable, ROOT / "cli.py", *step["command"].split()[1:]]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, f"{step['command']}: {done.stdout}{done.stderr}"
        ran.append(done.stdout)
    first, whole, prompt = ran
    assert "✗" not in first + whole
    assert all(name in whole for name in ("centred_numpy", "eps_outside_torch", "unchecked_torch", "einsum_numpy"))
    assert "rms_norm(x, weight, eps=1e-6)" in prompt


EXAMPLES = re.findall(r"`([\w/]+/rubric\.py)`: ((?:`test_\w+`(?:, )?)+)", GUIDE)


@pytest.mark.parametrize(("path", "names"), EXAMPLES)
def test_the_examples_that_the_guide_names_are_there(path, names):
    source = (ROOT / path).read_text(encoding="utf-8")
    assert [name for name in re.findall(r"\w+", names) if f"def {name}(" not in source] == []


@pytest.mark.parametrize("anchor", re.findall(r"\]\(#([\w-]+)\)", GUIDE))
def test_every_anchor_is_a_heading(anchor):
    headings = re.findall(r"^#+ (.*)$", GUIDE, re.MULTILINE)
    assert anchor in {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
