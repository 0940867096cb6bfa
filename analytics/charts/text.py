"""Charts as Markdown that needs no picture: tables with bars of text characters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from analytics.words import number, shorten

BLOCKS = " ▏▎▍▌▋▊▉█"
BAR = 16  # characters of the longest bar
MOST_ROWS = 24
LABEL_LIMIT = 39  # GitHub's limit of a login


def alt(title: str, said: Sequence[str]) -> str:
    """Return a picture's finding, and what is said of it as a sentence of its own; a name keeps its first letter."""
    told = "; ".join(said)
    first, _, _ = told.partition(" ")
    return f"{title}. {told[:1].upper()}{told[1:]}." if first.isalpha() else f"{title}. {told}."


def bar(value: float | None, most: float, width: int = BAR) -> str:
    """Return a bar of at most `width` characters in steps of an eighth; anything above 0 shows, unknown is empty."""
    if value is None or value <= 0 or most <= 0:
        return ""
    eighths = max(1, round(min(1.0, value / most) * width * 8))
    whole, rest = divmod(eighths, 8)
    return BLOCKS[8] * whole + (BLOCKS[rest] if rest else "")


def name(text: str) -> str:
    """Return a label as a code span that fits a table's cell: no live mention, no broken cell, never empty."""
    clean = " ".join(text.replace("`", "'").replace("|", "¦").replace("\\", "/").split())
    return f"`{shorten(clean, LABEL_LIMIT)}`" if clean else "`-`"


def plain(text: str) -> str:
    """Return one of our own words (a unit, a series' label) as a table's cell, harmless if it is somebody else's."""
    harmless = all(character.isalnum() or character in " -,.:()/%+" for character in text)
    return " ".join(text.split()) if harmless else name(text)


def figure(value: float | None) -> str:
    """Return a value for a cell; unknown is a question mark, never 0."""
    return "?" if value is None else number(value)


def table(header: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[int] = ()) -> str:
    """Return a Markdown table; `right` names the columns aligned to the right."""
    lines = [
        "| " + " | ".join(header) + " |",
        "|" + "|".join("--:" if column in right else "---" for column in range(len(header))) + "|",
    ]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)


def more(count: int, what: str = "") -> str:
    """Return the line below a table that was cut: `and 12 more`."""
    return f"\n\nand {number(count)} more{' ' + plain(what) if what else ''}" if count > 0 else ""
