"""Markdown tables, and facts and cells as people read them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from analytics.metric import Cell, Fact, Grid
from analytics.words import duration, number, percent
from reports import escape

UNKNOWN = "\N{EN DASH}"
NO_BREAK = "\N{NO-BREAK SPACE}"
PEOPLE = frozenset({"actor", "author", "login", "merged_by", "person", "reviewer", "subject"})
# The first column of a table that goes on with time: when it is cut, the newest rows stay.
TIMES = frozenset({"bucket", "date", "day", "from", "month", "since", "start", "week"})
NUMBER, NAME = "number", "name"
MIDNIGHT = re.compile(r"(\d{4}-\d\d-\d\d)T00:00:00Z")
SHARES = re.compile(r"share|within_\d+[hd]")


def table(header: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: Sequence[int] = ()) -> str:
    """Return a Markdown table of cells that are Markdown already.

    Columns in `numbers` are aligned to the right and never broken: `5 d 18 h` stays on one line on a phone.
    """
    rule = ["--:" if column in numbers else "---" for column in range(len(header))]
    lines = [f"| {' | '.join(header)} |", f"|{'|'.join(rule)}|"]
    for row in rows:
        cells = [unbroken(cell) if place in numbers else cell for place, cell in enumerate(row)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def label(key: str, labels: Mapping[str, str]) -> str:
    """Return what people call a fact: as its metric labels it, else its key as words."""
    return escape.text(labels[key]) if key in labels else title(key)


def unbroken(cell: str) -> str:
    """Return a figure that stays on one line; two figures with a stroke between them may be parted after it."""
    return cell.replace(" ", NO_BREAK).replace(f"{NO_BREAK}/{NO_BREAK}", f"{NO_BREAK}/ ")


def title(key: str) -> str:
    """Return a key of facts or columns as words: `merged_median_hours` is `merged median`, `pulls.x` is `pulls: x`."""
    return escape.text(key.removesuffix("_hours").replace("_", " ").replace(".", ": "))


def fact(key: str, value: Fact) -> str:
    """Return a fact as people read it: yes or no, hours as a duration, shares in per cent, an interval as `a to b`."""
    if value is None or value == []:
        return UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return " to ".join(fact(key, part) for part in value)
    return escape.text(value) if isinstance(value, str) else figure(key, value)


def figure(key: str, value: float) -> str:
    """Return a number as its key says it is meant."""
    if "business_hours" in key:
        return f"{number(value)} h"  # a working day is no 24 hours
    if "hours" in key and value >= 0:
        return duration(value)
    if SHARES.search(key):
        return percent(value)
    return number(value) if float(value).is_integer() or abs(value) >= 10 else f"{value:.3g}"


def cell(column: str, value: Cell) -> str:
    """Return one cell of a data table: people as code spans, a midnight as its day, unknown as a dash."""
    if isinstance(value, str):
        if column in PEOPLE:
            return escape.code(value)
        midnight = MIDNIGHT.fullmatch(value)
        return midnight[1] if midnight else escape.text(value)
    return fact(column, value)


def grid(key: str, data: Grid, most: int) -> str:
    """Return a data table under its name with at most `most` rows, and a sentence if that leaves some out."""
    heading = f"**{title(key).capitalize()}**"
    count = len(data.rows)
    if not count:
        return f"{heading}: no rows."
    by_time = bool(data.columns) and data.columns[0] in TIMES
    if count > most:
        which = "newest" if by_time else "first"
        shown = (
            f"{heading}: the {which} {number(most)} of {number(count)} rows"
            if most
            else f"{heading}: {number(count)} rows"
        )
        heading = f"{shown}; all of them with the command below and `--format csv`."
    if not most:
        return heading
    rows = data.rows[-most:] if by_time else data.rows[:most]
    places = [place for place, column in enumerate(data.columns) if column in spoken(data.columns)]
    kinds = [{type(row[place]) for row in rows} for place in places]
    numbers = [place for place, found in enumerate(kinds) if not {str, bool} & found]
    cells = ([cell(data.columns[place], row[place]) for place in places] for row in rows)
    heads = [title(called(data.columns[place], data.columns)) for place in places]
    return f"{heading}\n\n{table(heads, cells, numbers=numbers)}"


def spoken(columns: Sequence[str]) -> list[str]:
    """Return the columns that people read: a number stands in the name beside it already, which has its repository."""
    return [column for column in columns if column != NUMBER or NAME not in columns]


def called(column: str, columns: Sequence[str]) -> str:
    """Return what a column is called: a name that stands for a number is called so."""
    return NUMBER if column == NAME and NUMBER in columns else column
