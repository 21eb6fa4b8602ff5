"""What the studies share: the questions and frameworks that their command lines name."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

from grader.bank import Question, find_question, load_bank


def arguments(doc: str | None, seeds: int) -> argparse.ArgumentParser:
    """A parser of ``[ID...] [--seeds N] [--first SEED] [--framework F]...``."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ids", nargs="*", metavar="ID", help="[default: all]")
    parser.add_argument("--seeds", type=int, default=seeds, help="how many  [default: %(default)s]")
    parser.add_argument(
        "--first", type=int, default=0, help="the first of them, to go on where a study ended  [default: 0]"
    )
    parser.add_argument("--framework", action="append", help="repeatable  [default: all]")
    return parser


def seeds(options: argparse.Namespace) -> range:
    return range(options.first, options.first + options.seeds)


def chosen(options: argparse.Namespace, all_ids: Sequence[str] = ()) -> Iterator[tuple[Question, str]]:
    """Each question with each of its frameworks that is asked for; `all_ids` stand for none, and are the whole bank's
    where not given.
    """
    bank = load_bank()
    for name in options.ids or all_ids or bank:
        question = find_question(bank, name)
        yield from ((question, f) for f in question.frameworks if f in (options.framework or question.frameworks))
