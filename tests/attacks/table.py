"""Print what each attack gained in each sandbox, with the policy on and off.

The exit status is 1 where anything was gained.
"""

from __future__ import annotations

import argparse
import sys

from rich.console import Console
from rich.table import Table

from tests.attacks.arena import hold
from tests.attacks.catalogue import Attack, attacks
from tests.attacks.judge import gains, run_gains
from tests.attacks.sandboxes import SANDBOXES, missing

NEIGHBOURS = "the run, and the neighbours' results"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sandbox", action="append", choices=SANDBOXES, help="which to attack; all that can be used")
    parser.add_argument("--policy", choices=("on", "off"), help="with the policy on, or off; both")
    parser.add_argument("attacks", nargs="*", metavar="ATTACK", help="which attacks; all")
    options = parser.parse_args()
    chosen = [attack for attack in attacks() if not options.attacks or attack.name in options.attacks]
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 160)
    columns: dict[str, dict[str, list[str]]] = {}
    for sandbox in options.sandbox or SANDBOXES:
        if reason := missing(sandbox):
            console.print(f"{sandbox} is not attacked: {reason}", markup=False)
            continue
        columns |= _attack(sandbox, chosen, [options.policy] if options.policy else ["on", "off"])
    if not columns:
        return 1
    console.print(_table(chosen, columns))
    gained = sum(bool(found) for column in columns.values() for found in column.values())
    total = sum(map(len, columns.values()))
    console.print(f"{len(chosen)} attacks, {total} attempts: {gained or 'none'} gained anything")
    return 1 if gained else 0


def _attack(sandbox: str, chosen: list[Attack], policies: list[str]) -> dict[str, dict[str, list[str]]]:
    alone = hold(sandbox, True, [])
    columns = {}
    for policy in policies:
        contest = hold(sandbox, policy == "on", chosen)
        column = {attack.name: gains(attack, contest) for attack in chosen}
        column[NEIGHBOURS] = run_gains(contest, alone)
        columns[f"{sandbox}, policy {policy}"] = column
    return columns


def _table(chosen: list[Attack], columns: dict[str, dict[str, list[str]]]) -> Table:
    table = Table("attack", *columns)
    for name, title in [*((attack.name, attack.title) for attack in chosen), (NEIGHBOURS, "")]:
        cells = ["; ".join(column[name]) or "nothing" for column in columns.values()]
        table.add_row(f"{name}: {title}" if title else name, *cells, style="" if set(cells) == {"nothing"} else "red")
    return table


if __name__ == "__main__":
    sys.exit(main())
