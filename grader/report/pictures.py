"""Plots as inline SVG, made of numbers alone: no text of a candidate's is in them."""

import math
from collections.abc import Sequence

from markupsafe import Markup

from grader.report.model import Bounds, Learning, Window

_CELL = 16


def ring(share: float) -> Markup:
    """A score at a glance: a circle filled to the share."""
    length = 2 * math.pi * 42
    return _svg(
        100,
        100,
        f"{share:.0%}",
        '<circle class="track" cx="50" cy="50" r="42"/>'
        f'<circle class="arc" cx="50" cy="50" r="42" stroke-dasharray="{share * length:.1f} {length:.1f}"/>',
    )


def bar(share: float) -> Markup:
    return _svg(
        100,
        8,
        f"{share:.0%}",
        '<rect class="track" width="100" height="8" rx="4"/>'
        f'<rect class="fill" width="{100 * share:.1f}" height="8" rx="4"/>',
    )


def heat_map(window: Window) -> Markup:
    """A square an element, by how many times of what is allowed it differs."""
    rows, columns = len(window.off), len(window.off[0])
    squares = [
        f'<rect class="heat{heat(off)}" x="{_CELL * x}" y="{_CELL * y}" width="{_CELL - 1}" height="{_CELL - 1}"/>'
        for y, row in enumerate(window.off)
        for x, off in enumerate(row)
    ]
    count = sum(off > 1 for row in window.off for off in row)
    return _svg(_CELL * columns, _CELL * rows, f"{count} / {rows * columns}", "".join(squares))


def heat(off: float) -> int:
    """0 where it is within what is allowed, up to 4."""
    return 0 if off <= 1 else 1 + min(3, int(math.log10(off) / 1.5))


def draws(bounds: Bounds) -> Markup:
    """An outcome beside the other: the bar that chance allows, and the dot that was found."""
    most = max((*bounds.found, *bounds.high, 1))
    height, marks = 100.0, []
    for i, (found, low, high) in enumerate(zip(bounds.found, bounds.low, bounds.high, strict=True)):
        top, bottom, y = (height - height * value / most + 4 for value in (high, low, found))
        marks.append(
            f'<rect class="chance" x="{18 * i + 5}" y="{top:.1f}" width="8" height="{max(bottom - top, 1):.1f}"/>'
        )
        tone = "good" if low <= found <= high else "bad"
        marks.append(f'<circle class="{tone}" cx="{18 * i + 9}" cy="{y:.1f}" r="3.5"/>')
    outside = sum(not low <= f <= high for f, low, high in zip(bounds.found, bounds.low, bounds.high, strict=True))
    return _svg(18 * len(bounds.found), height + 8, f"{outside} / {len(bounds.found)}", "".join(marks))


def curve(learning: Learning) -> Markup:
    """What was reached after how much training: dots on a line, and the bar as a dashed one."""
    width, height, left, top = 320.0, 120.0, 20.0, 22.0
    low, high = min(*learning.reached, learning.bar), max(*learning.reached, learning.bar)
    most = max(*learning.after, 1)

    def at(value: float) -> float:
        return top + height * ((high - value) / (high - low) if high > low else 0.5)

    dots = [
        (left + width * after / most, at(reached), after, reached)
        for after, reached in zip(learning.after, learning.reached, strict=True)
    ]
    marks = [
        f'<line class="bar" x1="{left}" x2="{left + width}" y1="{at(learning.bar):.1f}" y2="{at(learning.bar):.1f}"/>',
        f'<polyline class="line" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y, *_ in dots)}"/>',
    ]
    for x, y, after, reached in dots:
        good = reached >= learning.bar if learning.more_is_better else reached <= learning.bar
        marks.append(f'<circle class="{"good" if good else "bad"}" cx="{x:.1f}" cy="{y:.1f}" r="4"/>')
        marks.append(f'<text x="{x:.1f}" y="{y - 8:.1f}">{reached:.3g}</text>')
        marks.append(f'<text x="{x:.1f}" y="{top + height + 24:.1f}">{after}</text>')
    label = " ".join(f"{reached:.3g}" for reached in learning.reached)
    return _svg(width + 40, top + height + 32, f"{label} / {learning.bar:.3g}", "".join(marks))


def histogram(shares: Sequence[float]) -> Markup:
    """How many of the shares lie in each tenth of [0, 1]."""
    counts = [0] * 10
    for share in shares:
        counts[min(9, int(10 * share))] += 1
    most, marks = max(*counts, 1), []
    for i, count in enumerate(counts):
        height = 100 * count / most
        marks.append(f'<rect class="fill" x="{40 * i + 2}" y="{116 - height:.1f}" width="36" height="{height:.1f}"/>')
        marks.append(f'<text x="{40 * i + 20}" y="{112 - height:.1f}">{count or ""}</text>')
        marks.append(f'<text x="{40 * i + 20}" y="132">{10 * i}</text>')
    return _svg(402, 138, " ".join(map(str, counts)), "".join(marks))


def _svg(width: float, height: float, label: str, content: str) -> Markup:
    return Markup('<svg role="img" aria-label="{}" viewBox="0 0 {:g} {:g}" width="{:g}" height="{:g}">{}</svg>').format(
        label, width, height, width, height, Markup(content)
    )
