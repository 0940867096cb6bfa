"""Traffic per day, week and month, by weekday, and over the 14 days of each answer; uniques only where GitHub counted.

No uniques are added up: a day's, a whole week's and an answer's 14 days' are GitHub's own counts, and a month has the
bounds between which its uniques lie.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from analytics.buckets import MONDAY, Size, label, ordinal, start
from analytics.days import KINDS, UNIQUES, Days, labels, numbers, ordinals, weekday, whole
from analytics.lazy import lazy
from analytics.metric import Cell, Grid
from analytics.moments import before, instant, moments
from analytics.tables import Tables
from analytics.unusual import known_median
from analytics.window import Window

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from analytics.days import Counts, Ordinals
else:
    np = lazy("numpy")

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# A weekday has a rhythm once it is known this often; a year before is the same weekday, or the same month.
RHYTHM = 6
YEAR = {Size.WEEK: 52, Size.MONTH: 12}


def grids(days: Days, tables: Tables, window: Window) -> dict[str, Grid]:
    """Return every table of one window."""
    return {
        "per_day": per_day(days),
        "per_week": per_bucket(days, Size.WEEK, true_weeks(tables, window)),
        "per_month": per_bucket(days, Size.MONTH, {}),
        "per_weekday": per_weekday(days),
        "fourteen_days": fourteen_days(tables, days, window),
    }


def per_day(days: Days) -> Grid:
    """Return one row per day of the window, and whether its counts may still grow."""
    columns: dict[str, Sequence[Cell]] = {}
    for kind in KINDS:
        columns[kind] = whole(days.inside(kind))
        columns[UNIQUES[kind]] = whole(days.inside(UNIQUES[kind]))
    for kind in KINDS:
        columns[f"{kind}_provisional"] = days.growing(kind).tolist()
    return table("day", labels(days.ordinals), columns)


def table(first: str, names: Sequence[str], columns: Mapping[str, Sequence[Cell]]) -> Grid:
    """Return a table from its columns."""
    return Grid((first, *columns), tuple(zip(names, *columns.values(), strict=True)))


def per_bucket(days: Days, size: Size, uniques: Mapping[str, Mapping[int, int]]) -> Grid:
    """Return one row per week or month that the window touches: what is known of its days inside the window.

    `..._known_days` says how many those are. `..._year_before` is the whole bucket 52 weeks or 12 months earlier, where
    every day of it is known. uniques: by column and number of the week; other buckets get their bounds.
    """
    every = np.arange(days.first, days.first + len(days.counts["views"]))
    bucket = ordinal(size, every.astype("datetime64[D]"))
    inside = bucket[days.begin :]
    if not len(inside):
        return Grid((str(size),))
    shown = range(int(inside[0]), int(inside[-1]) + 1)
    columns: dict[str, Sequence[Cell]] = {}
    for kind in KINDS:
        known, sums = tally(inside, days.inside(kind), shown)
        columns[kind] = [int(value) if count else None for value, count in zip(sums, known, strict=True)]
        if uniques:
            columns[UNIQUES[kind]] = [
                uniques[kind].get(number) if is_whole(days, size, number) else None for number in shown
            ]
        else:
            at_least, at_most = bounds_of(inside, days.inside(UNIQUES[kind]), shown)
            columns[f"{UNIQUES[kind]}_at_least"], columns[f"{UNIQUES[kind]}_at_most"] = at_least, at_most
        columns[f"{kind}_known_days"] = known
    for kind in KINDS:
        earlier = range(shown.start - YEAR[size], shown.stop - YEAR[size])
        known, sums = tally(bucket, days.counts[kind], earlier)
        columns[f"{kind}_year_before"] = [
            int(value) if count == length(size, number) else None
            for value, count, number in zip(sums, known, earlier, strict=True)
        ]
    return table(str(size), [label(size, start(size, number)) for number in shown], columns)


def tally(buckets: Ordinals, values: Counts, shown: range) -> tuple[list[int], list[float]]:
    """Return how many days are known in each of the shown buckets, and the sum of their counts."""
    fits = ~np.isnan(values) & (buckets >= shown.start) & (buckets < shown.stop)
    places = buckets[fits] - shown.start
    known = np.bincount(places, minlength=len(shown))
    return known.tolist(), np.bincount(places, weights=values[fits], minlength=len(shown)).tolist()


def bounds_of(buckets: Ordinals, uniques: Counts, shown: range) -> tuple[list[int | None], list[int | None]]:
    """Return between which numbers the uniques of each bucket lie: its highest day, and all its days together."""
    highest = np.full(len(shown), np.nan)
    np.fmax.at(highest, buckets - shown.start, uniques)
    known, sums = tally(buckets, uniques, shown)
    return whole(highest), [int(value) if count else None for value, count in zip(sums, known, strict=True)]


def length(size: Size, number: int) -> int:
    """Return how many days a bucket has."""
    return (start(size, number + 1) - start(size, number)).days


def is_whole(days: Days, size: Size, number: int) -> bool:
    """Return whether all of a bucket lies in the window."""
    first = (start(size, number) - start(Size.DAY, 0)).days
    return first >= days.first + days.begin and first + length(size, number) <= days.first + len(days.counts["views"])


def true_weeks(tables: Tables, window: Window) -> dict[str, dict[int, int]]:
    """Return the true uniques of whole weeks that were over by the window's end, per kind and number of the week."""
    at = ordinals(tables.traffic_weeks["week"])
    over = moments(tables.traffic_weeks["week"]) + np.timedelta64(7, "D") <= instant(window.until)
    found: dict[str, dict[int, int]] = {}
    for kind in KINDS:
        uniques = numbers(tables.traffic_weeks[UNIQUES[kind]])
        kept = over & ~np.isnan(uniques)
        weeks: NDArray[np.int64] = (at[kept] + MONDAY) // 7
        found[kind] = dict(zip(weeks.tolist(), uniques[kept].astype("int64").tolist(), strict=True))
    return found


def per_weekday(days: Days) -> Grid:
    """Return the median day of each weekday, Monday first, unknown until each weekday is known six times."""
    columns: dict[str, Sequence[Cell]] = {}
    lead = int(weekday(days.first + days.begin))
    for kind in KINDS:
        values = days.inside(kind)
        weeks = -(-(lead + len(values)) // 7)
        calendar = np.full(weeks * 7, np.nan)
        calendar[lead : lead + len(values)] = values
        by_weekday = calendar.reshape(weeks, 7).T
        known = (~np.isnan(by_weekday)).sum(axis=1)
        enough = bool((known >= RHYTHM).all())
        columns[f"{kind}_median"] = known_median(by_weekday).tolist() if enough else [None] * 7
        columns[f"{kind}_known_days"] = known.tolist()
    return table("weekday", WEEKDAYS, columns)


def fourteen_days(tables: Tables, days: Days, window: Window) -> Grid:
    """Return the totals of the last answer of each day of the window, over the 14 days up to it: true uniques."""
    totals = tables.traffic_totals
    at = moments(totals["captured_at"])
    on = ordinals(totals["captured_at"])
    inside = before(at, window.until) & (on >= days.first + days.begin)
    rows = np.flatnonzero(inside)
    rows = rows[np.argsort(at[rows], kind="stable")]
    last = rows[np.append(on[rows][1:] != on[rows][:-1], True)] if len(rows) else rows
    columns = {}
    for kind in KINDS:
        for name in (kind, UNIQUES[kind]):
            columns[name] = whole(numbers(totals[name])[last])
    return table("day", labels(on[last]), columns)
