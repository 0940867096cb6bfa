"""How traffic is said: its days, its median, its days that stand out, and the bounds of its uniques."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from analytics.charts.spans import span_name
from analytics.comparing import amount, count, listing
from analytics.days import UNIQUES, midnight
from analytics.metric import Cell, Measured
from analytics.words import day, number, plural

MOST_SPANS = 4
SPOKEN: Mapping[str, tuple[str, str]] = {"views": ("view", "unique visitor"), "clones": ("clone", "unique cloner")}


def date_words(when: date) -> str:
    """Return `19 Jun 2026`."""
    return day(midnight(when))


def spans(gaps: Sequence[tuple[date, date]]) -> str:
    """Return the first and last days of gaps in words, the longest ones where there are many."""
    longest = sorted(sorted(gaps, key=lambda gap: gap[0] - gap[1])[:MOST_SPANS])
    said = [span_name(first, last, year=True) for first, last in longest]
    rest = len(gaps) - len(said)
    return listing([*said, plural(rest, "shorter gap")] if rest else said)


def known_of(now: Measured) -> str:
    """Return ` (229 of 238 days known)`, nothing where all are."""
    days = count(now, "days")
    known = [count(now, f"{kind}_known_days") for kind in SPOKEN]
    if known == [days, days]:
        return ""
    if known[0] == known[1]:
        return f" ({number(known[0])} of {plural(days, 'day')} known)"
    return f" (views of {number(known[0])}, clones of {number(known[1])} of {plural(days, 'day')} known)"


def brought(now: Measured) -> str:
    """Return `a median day brings 29 views` and the unusual days, or else the day with most; nothing of nothing."""
    kind = "views" if amount(now, "views") is not None else "clones"
    if not amount(now, kind):
        return ""
    unusual = [stands_out(row) for row in now.tables["unusual"].records() if row["kind"] == kind]
    most = f"most, {number(count(now, f'{kind}_on_highest_day'))}, came on {highest_day(now, kind)}"
    return f"{median_day(now, kind)}; {f'unusual: {listing(unusual)}' if unusual else most}"


def median_day(now: Measured, kind: str) -> str:
    """Return `a median day brings 29 views`, `most days bring no view`."""
    middle = amount(now, f"{kind}_median_per_day") or 0
    one = SPOKEN[kind][0]
    if not middle:
        return f"most days bring no {one}"
    return f"a median day brings {number(middle)} {one if middle == 1 else kind}"


def highest_day(now: Measured, kind: str) -> str:
    """Return the day with the highest count, `19 Jun 2026`."""
    return date_words(date.fromisoformat(str(now.facts[f"{kind}_highest_day"])))


def stands_out(row: Mapping[str, Cell]) -> str:
    """Return `318 on 19 Jun 2026 (31 on a usual Friday; v1.2.0 released the same day)`."""
    fits = f"; at the same time {row['coincides_with']}" if row["coincides_with"] else ""
    when = date_words(date.fromisoformat(str(row["day"])))
    return f"{figure(row['count'])} on {when} ({figure(row['usual'])} on a usual {row['weekday']}{fits})"


def figure(cell: Cell) -> str:
    """Return a cell that holds a number."""
    return number(float(cell or 0))


def bounds(now: Measured) -> str:
    """Return `57 unique visitors` where GitHub counted them, else `between 12 and 210 unique visitors`."""
    said = []
    for kind, (_, unique) in SPOKEN.items():
        name = UNIQUES[kind]
        counted, low, high = (amount(now, key) for key in (name, f"{name}_at_least", f"{name}_at_most"))
        if counted is None and low == high:  # a single day had visitors
            counted = low
        if counted is not None:
            said.append(plural(int(counted), unique))
        elif low is not None and high is not None:
            said.append(f"between {number(low)} and {number(high)} {unique}s")
    return listing(said) if said else ""
