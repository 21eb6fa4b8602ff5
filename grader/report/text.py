"""Text for a reader: what a candidate wrote made safe to show, and numbers in one form."""

import re
from decimal import ROUND_DOWN, Decimal

from grader.report.model import Provenance
from grader.verdicts import Verdict

# Controls (but line feed and tab), soft hyphen, bidirectional and other invisible marks, lone surrogates,
# noncharacters, tag characters. The zero-width joiners stay: Persian, Hindi and emoji are spelled with them.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    r"\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)


def clean_text(text: str) -> str:
    r"""Spell out every character that could steer a terminal, reorder a line or hide: ESC becomes `\u001b`.

    The spelling is JSON's own, so cleaning a JSON document leaves its content unchanged; and all that XML 1.0
    forbids is among these characters.
    """
    return _UNSEEN.sub(_spelled, text.replace("\r\n", "\n"))


def clean_line(text: str) -> str:
    """`clean_text` on one line, for a heading or a cell."""
    return " ".join(clean_text(text).split())


def first_line(text: str) -> str:
    """The first line that says something, cleaned: a message's one sentence."""
    return next((clean_line(line) for line in text.splitlines() if line.strip()), "")


def show_points(points: float) -> str:
    """Points with up to two decimals, never rounded up to more than was earned: `71.5`, `300`, `33.33`."""
    return f"{_cut(points, '0.01'):f}".rstrip("0").rstrip(".")


def show_percent(score: float, max_score: float) -> str:
    """`23.8 %`, never rounded up: 100.0 % is all of it. Nothing out of nothing is a dash."""
    return f"{_cut(100 * score / max_score, '0.1')} %" if max_score else "-"


def show_verdicts(counts: dict[Verdict, int]) -> str:
    """`31 passed, 4 wrong answer`."""
    return ", ".join(f"{counts[verdict]} {verdict.label}" for verdict in Verdict if counts.get(verdict))


def provenance_facts(provenance: Provenance) -> list[tuple[str, str]]:
    """Every fact that is told as (name, value): `("frameworks.torch", "2.13.0")`, in the same order at all times."""
    facts: list[tuple[str, str]] = []
    for name, value in provenance.model_dump(mode="json").items():
        _flatten(name, value, facts)
    declared = list(Provenance.model_fields)
    return sorted(facts, key=lambda fact: (_rank(fact[0], declared), fact[0]))


def _spelled(match: re.Match[str]) -> str:
    units = match.group().encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[i : i + 4]}" for i in range(0, len(units), 4))


def _cut(value: float, step: str) -> Decimal:
    return Decimal(repr(round(value, 6))).quantize(Decimal(step), ROUND_DOWN)


def _flatten(name: str, value: object, facts: list[tuple[str, str]]) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            _flatten(f"{name}.{key}", inner, facts)
    elif isinstance(value, list):
        _flatten(name, ", ".join(str(item) for item in value), facts)
    elif value is not None and value != "":
        facts.append((name, str(value)))


def _rank(name: str, declared: list[str]) -> int:
    field = name.partition(".")[0]
    return declared.index(field) if field in declared else len(declared)
