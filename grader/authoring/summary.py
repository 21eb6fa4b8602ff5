"""A bank at a glance: a Markdown table, a row for each question and framework."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from grader.authoring.finding import Finding

HEAD = """| question | framework | reference | in docker | other right | wrong caught | vacuous at most | seconds |
| --- | --- | --: | --: | --: | --: | --: | --: |
"""


def bank_table(findings: Iterable[Finding]) -> str:
    """What the references earn in both sandboxes, how many of the other right answers earn everything, how many of the
    wrong ones lose what they should, what answers that compute nothing earn, and the seconds that a reference
    computes, on one CPU thread.
    """
    rows: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        if finding.framework:
            rows.setdefault((finding.question, finding.framework), []).append(finding)
    return HEAD + "".join(f"| `{q}` | {f} | {' | '.join(_cells(found))} |\n" for (q, f), found in rows.items())


def _cells(found: list[Finding]) -> Iterator[str]:
    by_name = {finding.name: finding for finding in found}
    yield _number(by_name.get("reference"), "score")
    yield _number(by_name.get("reference in docker"), "score")
    for kind in ("right/", "wrong/"):
        known = [finding for finding in found if finding.name.startswith(kind)]
        yield f"{sum(not finding.faults for finding in known)} of {len(known)}"
    yield _number(by_name.get("vacuous answers"), "score")
    yield _number(by_name.get("cost"), "seconds")


def _number(finding: Finding | None, name: str) -> str:
    value = None if finding is None else getattr(finding, name)
    return "–" if value is None else f"{value:.3g}"
