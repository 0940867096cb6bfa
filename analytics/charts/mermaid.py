"""Charts as Mermaid, which GitHub draws from text: one `xychart-beta` block, harmless whatever its labels say.

The grammar is that of Mermaid 10 and 11: a quoted text ends at the next quotation mark and knows no escapes, an empty
one is an error, numbers have no exponents, and two equal categories become one.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence

from analytics.charts.fitting import cut, normal, printable
from analytics.words import number

MOST = 30  # categories that stay readable
ACROSS = 450  # pixels for the labels below a chart
# Mermaid measures labels after the page has scaled the chart down, and cuts off what it thinks is not there. So a chart
# with names at its left is as narrow as a phone, and the figures at the left of the others are short.
LEVEL = 360  # pixels
STANDING = 520, 380
ROWS, ROW = 70, 24  # pixels above and below the bars, and from one to the next
BESIDE = 172  # pixels of a label at the left: one of half the chart's width would be left out
TITLE = 340  # pixels of what the values are; it stands above, since beside the axis a narrow page has no room for it
BETWEEN = 12  # pixels between two labels
SIZES = ((1_000_000, ", millions"), (1000, ", thousands"), (1, ""))
CROWD = 10  # times a size, from which on the figures of the axis are too long
WIDE, BROAD, NARROW = 17.0, 13.0, 7.5  # pixels of a letter at Mermaid's 14: of another script or an emoji, of W, of a
NOTHING = "\N{ZERO WIDTH SPACE}"  # not even JavaScript's trim() takes it away
DASH = "-"
HARMLESS = str.maketrans(
    {
        '"': "'",  # would end the label
        "`": "'",  # would begin Markdown, or end the fence
        "\\": "/",
        ";": ",",  # would end an entity such as #35;
        "<": "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}",
        ">": "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}",
        "%": "\N{FULLWIDTH PERCENT SIGN}",  # two of them begin a comment or a directive
        "{": "(",
        "}": ")",
        "$": "\N{FULLWIDTH DOLLAR SIGN}",  # two of them begin a formula
    }
)
# Blue bars and an orange line, each at least 3 to 1 on GitHub's light and on its dark page; Mermaid's own are paler.
BLUE, ORANGE = "#4a90e2", "#d9730d"


def chart(
    names: Sequence[str],
    *,
    bars: Sequence[float] | None = None,
    line: Sequence[float] | None = None,
    unit: str = "",
    low: float = 0.0,
    level: bool = False,
) -> str:
    """Return a fenced block with one bar, one point of a line, or both, per name; at most MOST of them.

    unit: what the values are · low: where it begins (lower if a value is) · level: bars lie, with every name at
    the left and no figures on the axis, so that names should carry them; else they
    stand, with as many names below as fit.
    """
    series = [values for values in (bars, line) if values is not None]
    assert series, "a chart needs bars or a line"
    assert all(len(values) == len(names) <= MOST for values in series), "one value per name, not too many"
    every = [value for values in series for value in values]
    largest = 0.0 if level else max(map(abs, every))
    per, many = next(each for each in SIZES if largest >= each[0] * CROWD or each[0] == 1)
    unit = f"{unit}{many}".removeprefix(", ")
    size = (LEVEL, ROWS + ROW * len(names)) if level else STANDING
    least = math.floor(min(low, *every) / per * 1000) / 1000  # as exact as figures are written
    most = math.ceil(max(*every, low) / per * 1000) / 1000
    most = most if most > least else least + 1
    said = cut(label(unit), TITLE, width) if unit else ""
    labels = _level(names) if level else _standing(names)
    lines = [
        "```mermaid",
        look(BLUE, ORANGE if bars is not None else BLUE, size, axis=not level),
        "xychart-beta horizontal" if level else "xychart-beta",
        *([f'  title "{said}"'] if said else []),
        "  x-axis [" + ", ".join(f'"{each}"' for each in labels) + "]",
        f"  y-axis {figure(least)} --> {figure(most)}",
    ]
    for word, values in (("bar", bars), ("line", line)):
        lines += [f"  {word} [{', '.join(figure(value / per) for value in values)}]"] if values is not None else []
    return "\n".join([*lines, "```"])


def look(first: str, second: str, size: tuple[int, int], *, axis: bool = True) -> str:
    """Return the directive that sets the colours of the first and the second row of values, and the chart's size.

    axis: show the figures of the value axis.
    """
    hidden = "" if axis else ', "yAxis": {"showLabel": false, "showTick": false}'
    return (
        f'%%{{init: {{"xyChart": {{"width": {size[0]}, "height": {size[1]}{hidden}}}, '
        f'"themeVariables": {{"xyChart": {{"plotColorPalette": "{first}, {second}"}}}}}}}}%%'
    )


def label(text: str) -> str:
    """Return somebody's words without what Mermaid would read as its own; never empty."""
    return printable(normal(text)).translate(HARMLESS).strip() or DASH


def figure(value: float) -> str:
    """Return a number without an exponent, at most three decimals."""
    assert math.isfinite(value), "unknown values have no place in a chart"
    return f"{value:.3f}".rstrip("0").rstrip(".") or "0"


def named(name: str, value: float) -> str:
    """Return a name for the left of a chart: cut, with the figure that must not be cut off behind it."""
    behind = f" \N{MIDDLE DOT} {number(value)}"
    return cut(label(name), BESIDE - width(behind), width) + behind


def width(text: str) -> float:
    """Return about how many pixels Mermaid draws a label wide; rather too many than too few."""
    return sum(
        WIDE
        if ord(letter) > 0x2000 or unicodedata.east_asian_width(letter) in "WF"
        else BROAD
        if letter in "mwMW@\N{HORIZONTAL ELLIPSIS}"
        else NARROW
        for letter in text
    )


def fits(names: Sequence[str]) -> bool:
    """Return whether every name has room below its own bar."""
    return max((width(label(name)) for name in names), default=0) + BETWEEN <= ACROSS / max(1, len(names))


def _level(names: Sequence[str]) -> list[str]:
    return _distinct([cut(label(name), BESIDE, width) for name in names])


def _standing(names: Sequence[str]) -> list[str]:
    """Return the names of which every second, third ... is written so that they fit; the others are invisible."""
    slot = ACROSS / max(1, len(names))
    labels = [cut(label(name), max(slot, 130.0), width) for name in names]
    every = max(1, math.ceil((max(map(width, labels), default=0) + BETWEEN) / slot))
    most = len(names) - 1  # what is written below the last bars must not leave the chart at the right
    return _distinct(
        [
            name if index % every == 0 and (not index or width(name) <= (2 * (most - index) + 1.5) * slot) else NOTHING
            for index, name in enumerate(labels)
        ]
    )


def _distinct(labels: Sequence[str]) -> list[str]:
    """Return the labels, equal ones told apart by something that cannot be seen."""
    found: set[str] = set()
    distinct = []
    for each in labels:
        own = each
        while own in found:
            own += NOTHING
        found.add(own)
        distinct.append(own)
    return distinct
