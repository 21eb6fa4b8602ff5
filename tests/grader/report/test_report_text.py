"""Text made safe to show, and numbers in one form."""

import unicodedata

import pytest

from grader.report.model import Provenance
from grader.report.text import clean_line, clean_text, first_line, provenance_facts, show_percent, show_points

BIDI_CONTROLS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("\x1b[31mred", r"\u001b[31mred"),
        ("\u202eevil", r"\u202eevil"),
        ("a\r\nb\tc\rd", "a\nb\tc\\u000dd"),
        ("\udcff", r"\udcff"),
        ("\U000e0041", r"\udb40\udc41"),
        ("李雷 أحمد 👩\u200d🔬 é", "李雷 أحمد 👩\u200d🔬 é"),
    ],
)
def test_steering_characters_are_spelled_out(text, cleaned):
    assert clean_text(text) == cleaned


def test_every_steering_character_of_unicode_is_spelled_out():
    steering = [
        char
        for char in map(chr, range(0x110000))
        if unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} or unicodedata.bidirectional(char) in BIDI_CONTROLS
    ]
    assert [char for char in steering if clean_text(char) == char] == ["\t", "\n"]


def test_lines():
    assert clean_line(" a\n b\t c ") == "a b c"
    assert first_line("\n \nfirst\nsecond") == "first"
    assert first_line("") == ""


def test_numbers_are_never_rounded_up():
    assert [show_points(x) for x in (0.0, 71.5, 300.0, 33.333333, 99.999)] == ["0", "71.5", "300", "33.33", "99.99"]
    assert show_percent(71.5, 300) == "23.8 %"
    assert show_percent(299.999, 300) == "99.9 %"
    assert show_percent(300, 300) == "100.0 %"
    assert show_percent(71.3, 100) == "71.3 %"
    assert show_percent(0, 0) == "-"


def test_provenance_is_told_in_one_order():
    one = Provenance(engine="1", limits={"b": 1, "a": [1, 2]}, zebra=1, apple=None)
    other = Provenance(zebra=1, limits={"a": [1, 2], "b": 1}, engine="1")
    assert provenance_facts(one) == provenance_facts(other)
    assert provenance_facts(one) == [("engine", "1"), ("limits.a", "1, 2"), ("limits.b", "1"), ("zebra", "1")]
