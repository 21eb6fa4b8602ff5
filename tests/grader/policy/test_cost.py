"""A hostile source costs the policy little, and nothing that it holds makes the policy fail."""

import subprocess
import sys
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.policy import screen
from grader.policy.parse import MAX_BRACES, MAX_BYTES, MAX_DOTS, MAX_WORDS

FORBIDDEN = ("torch.nn.MultiheadAttention", "torch.ops", "sorted")

TOO_MUCH = {
    "text": ("#" * (MAX_BYTES + 1), f"with {MAX_BYTES + 1} bytes where {MAX_BYTES} are allowed,"),
    "bytes": (b"#" * (MAX_BYTES + 1), f"with {MAX_BYTES + 1} bytes where {MAX_BYTES} are allowed,"),
    "statements": ("a\n" * (MAX_WORDS + 1), f"with {MAX_WORDS + 1} names, numbers and signs where {MAX_WORDS}"),
    "fields": ("f'" + "{a}" * (MAX_BRACES + 1) + "'", f"with {MAX_BRACES + 1} braces where {MAX_BRACES} are allowed,"),
    "a dotted name in an odd encoding": (
        b"# coding: utf-7\nimport x+" + b64encode((".a" * 101).encode("utf-16-be")).rstrip(b"=") + b"-",
        "with more than 100 dots in one name,",
    ),
    "signs": ("-" * 50_000 + "1", "nested deeper than Python's parser goes,"),
    "attributes": ("x" + ".a" * 101, "with more than 100 dots in one name,"),
    "a dotted name": ("import x\\\n" + " . a" * 101, "with more than 100 dots in one name,"),
    "lambdas": ("lambda: " * 40 + "0", "with blocks nested more than 30 deep,"),
    "aliases": ("a = " * 10_000 + "b or " * 10_000 + "b", "with names that lead too far,"),
    "look-ups": ("x = (" + "a or " * 20_000 + "a)" + ".b" * 30, "with names that lead too far,"),
    "texts": ("getattr(a, ''.join([" + "'b', " * 10_000 + "]))" + ".b" * 30, "with names that lead too far,"),
}


@pytest.mark.parametrize(("source", "how"), TOO_MUCH.values(), ids=TOO_MUCH.keys())
def test_what_is_too_large_or_too_deep_is_refused_in_a_sentence_that_names_the_limit(
    source: str | bytes, how: str
) -> None:
    (finding,) = screen(source, "q02.py")
    assert (finding.rule, finding.line, finding.column, finding.blocking) == ("too-complex", 1, 1, True)
    assert finding.message.startswith(f"`q02.py`, {how}")


# The most that the limits let through, and what cost more than its size before they were there.
COSTLY = {
    "statements": "a\n" * MAX_WORDS,
    "a mistake behind many statements": "a\n" * (MAX_WORDS - 2) + "1 2",
    "fields of an f-string": "f'" + "x" * (MAX_BYTES - 3 * MAX_BRACES - 3) + "{a}" * MAX_BRACES + "'",
    "long dotted names": ("import a" + f".{'a' * 600}" * MAX_DOTS + "\n") * 4,
    "findings on one line": "x.__globals__;" * (MAX_WORDS // 5),
    "a large number": "x = 0x" + "f" * (MAX_BYTES - 6),
    "a long text": "'{." * (MAX_BYTES // 8) + "'",
    "many codes": "exec('a or b')\n" * (MAX_WORDS // 10),
    "many meanings": "".join(f"import {'a.' * 40}m{i} as a\n" for i in range(16)) + "a.b\n" * 20_000,
    "an odd encoding": "# coding: punycode\nabc-" + "a" * (MAX_BYTES - 30),
}
MEASURE = """
import resource, sys
from grader.policy import screen
source = sys.stdin.buffer.read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
screen(source, "q02.py", ("torch.ops",))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""


@pytest.mark.parametrize("source", COSTLY.values(), ids=COSTLY.keys())
def test_the_costliest_sources_stay_within_memory(source: str) -> None:
    done = subprocess.run([sys.executable, "-c", MEASURE], input=source.encode(), capture_output=True, check=True)
    assert float(done.stdout) < 400  # megabytes


def test_a_table_of_data_is_not_too_large() -> None:
    assert screen("table = [" + "0.125, " * 18_000 + "]", "answer.py") == ()


def test_a_long_expression_is_screened_to_its_end() -> None:
    findings = screen("import os\nx = y" + " + y" * 900 + " + os.system", "answer.py")
    assert [(f.rule, f.column) for f in findings] == [("starts-process", 6 + 4 * 900 + 3)]


@pytest.mark.parametrize(
    "source",
    [
        "def f(:",
        "import os\0\nos.system('id')",
        b"\xff\xfe",
        b"# coding: no-such-codec\n",
        b"# coding: rot13\nvzcbeg bf",
        b"# coding: hex\n00",
        b"# coding: punycode\n-99999999",
        "x = '\ud800'",
        "(" * 5000,
        "",
        b"",
    ],
)
def test_what_does_not_parse_has_no_finding(source: str | bytes) -> None:
    assert screen(source, "answer.py") == ()


WORDS = [*"()[]{}:=.,*@|\n", " ", "\n    ", "f'{", "}'", "'a'", "1", "x", "os", "nn", "eval", "exec", "getattr", "vars"]
WORDS += ["import ", "from ", " as ", "lambda ", "def ", "class ", "if ", " for ", " in ", "match ", "case ", "global "]


@given(st.lists(st.sampled_from(WORDS), max_size=40).map("".join) | st.text(max_size=200) | st.binary(max_size=200))
def test_nothing_is_ever_raised(source: str | bytes) -> None:
    for finding in screen(source, "answer.py", FORBIDDEN):
        assert finding.line >= 1
        assert finding.column >= 1
        assert finding.message.endswith(".")
