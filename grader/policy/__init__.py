"""The policy: a static screen of an answer before anything runs.

It is a lint: it refuses early and explains, and safety never rests on it, since the sandbox holds without it. So it
blocks only what honest machine-learning code never needs, and remarks on the rest for the reviewer.

Names are followed through imports, aliases and literal look-ups, block by block (`scopes`); what is watched
stands in `rules`. What a hostile source costs is bounded (`parse`, `blocks.Effort`).
"""

from collections.abc import Collection
from dataclasses import dataclass

from grader.policy import rules
from grader.policy.blocks import TooComplex
from grader.policy.parse import lines_of, parse
from grader.policy.walk import Found, Walk

MAX_FINDINGS = 100


@dataclass(frozen=True)
class Finding:
    """One thing that the policy found. `line` and `column` count from 1; a blocking finding keeps the answer from
    running, any other is a remark for the reviewer."""

    rule: str
    file: str
    line: int
    column: int
    message: str
    blocking: bool


def screen(source: bytes | str, filename: str, forbidden: Collection[str] = ()) -> tuple[Finding, ...]:
    """The findings of one source file, sorted by line and column; of more than `MAX_FINDINGS`, blocking ones are kept.

    `forbidden` holds the question's own short cuts as dotted names. Nothing is raised: a source with a syntax error has
    no finding, since the runner reports the error; one that is too large or too deeply nested has the blocking finding
    `too-complex`.
    """
    found: set[Found] = set()
    if rules.UNASKED_FILES.match(filename):
        found.add(Found(1, 0, rules.UNASKED_FILE, f"`{filename}`"))
    lines = [""]
    try:
        if tree := parse(source):
            found |= Walk(tree, forbidden).found
            lines = lines_of(source)
    except TooComplex as error:
        found.add(Found(1, 0, rules.TOO_COMPLEX, " ".join(filter(None, (f"`{filename}`,", str(error))))))
    kept = sorted(found, key=lambda f: (f.as_script or not f.rule.blocking, *_order(f)))[:MAX_FINDINGS]
    return tuple(_finding(f, filename, lines) for f in sorted(kept, key=_order))


def _order(found: Found) -> tuple[int, int, str, str]:
    return found.line, found.offset, found.rule.id, found.name


def _finding(found: Found, file: str, lines: list[str]) -> Finding:
    line = lines[min(found.line, len(lines)) - 1]  # Python 3.11 misplaces some nodes inside f-strings
    before = line.encode(errors="replace")[: found.offset].decode(errors="ignore")
    message = f"{found.name} {found.rule.reason}."
    blocking = found.rule.blocking
    if found.as_script:
        message, blocking = f"When the file is run as a script, {message}", False
    return Finding(found.rule.id, file, found.line, len(before) + 1, message, blocking)
