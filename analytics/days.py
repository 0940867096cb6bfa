"""Traffic by UTC day as plain arrays without a hole: NaN is unknown, zero is zero.

A day belongs to the window in which it begins, so that neighbouring windows share none and 30 days are 30 days. The
day that is still going on belongs to it only once an answer has covered it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from analytics.buckets import MONDAY
from analytics.lazy import lazy
from analytics.moments import moments
from analytics.tables import microseconds
from analytics.window import Window

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from analytics.moments import Flags

    Counts = NDArray[np.float64]
    Ordinals = NDArray[np.int64]
else:
    np = lazy("numpy")

DAY = timedelta(days=1)
DAY_MICROSECONDS = 86_400_000_000
KINDS = ("views", "clones")
UNIQUES: Mapping[str, str] = {"views": "view_uniques", "clones": "clone_uniques"}
COLUMNS = ("views", "view_uniques", "clones", "clone_uniques")


@dataclass(frozen=True, eq=False)
class Days:
    """Consecutive UTC days up to a window's end: those of the window, and before them whatever was loaded.

    first: the number of the first day since 1970 · begin: where the window begins in the arrays · counts: per column
    of `traffic_days` one array, NaN = unknown · provisional: per kind, True where a known count may still grow.
    """

    first: int
    begin: int
    counts: Mapping[str, Counts]
    provisional: Mapping[str, Flags]

    def inside(self, column: str) -> Counts:
        """Return a column's counts in the window."""
        return self.counts[column][self.begin :]

    def growing(self, kind: str) -> Flags:
        """Return for each day of the window whether its count may still grow."""
        return self.provisional[kind][self.begin :]

    @property
    def ordinals(self) -> Ordinals:
        """The numbers of the window's days since 1970."""
        return np.arange(self.first + self.begin, self.first + len(self.counts["views"]))


def days_of(table: pd.DataFrame, window: Window, now: datetime) -> Days:
    """Lay the rows of `traffic_days` out by day; nothing at or after the window's end, or after `now`, is known."""
    at = ordinals(table["day"])
    since, until = edges(window, now)
    at_all = table[["views", "clones"]].notna().any(axis=1).to_numpy(dtype=bool)
    known = at[(at < until) & at_all]
    until = trimmed(until, known, now)
    if window.whole:
        since = int(known.min()) if len(known) else until
    since = min(since, until)
    first = min(since, int(known.min())) if len(known) else since
    places, rows = at - first, (at >= first) & (at < until)
    counts = {name: spread(numbers(table[name]), places, rows, until - first) for name in COLUMNS}
    provisional = {}
    for kind in KINDS:
        flags = np.zeros(until - first, dtype=bool)
        flags[places[rows]] = table[f"{kind}_provisional"].to_numpy(dtype=bool)[rows]
        provisional[kind] = flags & ~np.isnan(counts[kind])
    return Days(first, since - first, counts, provisional)


def edges(window: Window, now: datetime) -> tuple[int, int]:
    """Return the numbers of the first day that begins in the window and of the first that begins after it or `now`."""
    moments = (window.since, window.until, now)
    # The negative of a floor of the negative rounds up: a day that began before the window is not in it.
    since, until, present = (-(-microseconds(moment) // DAY_MICROSECONDS) for moment in moments)
    return since, min(until, present)


def trimmed(until: int, known: Ordinals, now: datetime) -> int:
    """Return the end without a last day that is still going on and of which no answer has said anything."""
    going_on = until * DAY_MICROSECONDS > microseconds(now)
    return until - 1 if going_on and not (known == until - 1).any() else until


def spread(values: Counts, places: Ordinals, rows: Flags, size: int) -> Counts:
    """Return an array of `size` with the values of `rows` at their places, NaN elsewhere."""
    laid = np.full(size, np.nan)
    laid[places[rows]] = values[rows]
    return laid


def numbers(column: pd.Series[Any]) -> Counts:
    """Return a column of counts as floats, NaN = unknown."""
    return column.to_numpy(dtype="float64", na_value=np.nan)


def ordinals(column: pd.Series[Any]) -> Ordinals:
    """Return the number since 1970 of the UTC day of each moment; an unknown moment lies before everything."""
    return moments(column).astype("datetime64[D]").astype("int64")


def date_of(ordinal: int) -> date:
    """Return the day of that number since 1970."""
    return date(1970, 1, 1) + timedelta(days=ordinal)


def midnight(day: date) -> datetime:
    """Return when a UTC day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def labels(days: Ordinals) -> list[str]:
    """Return days as `2026-07-09`."""
    return np.datetime_as_string(days.astype("datetime64[D]")).tolist() if len(days) else []


def weekday(days: Any) -> Any:
    """Return 0 for Mondays to 6 for Sundays, of days by their number since 1970."""
    return (days + MONDAY) % 7


def whole(values: Counts) -> list[int | None]:
    """Return counts as integers, None where unknown."""
    return [None if value != value else int(value) for value in values.tolist()]  # noqa: PLR0124 - NaN alone differs


def total(values: Counts) -> int | None:
    """Return the sum of what is known, None if nothing is."""
    known = values[~np.isnan(values)]
    return int(known.sum()) if len(known) else None


def runs(flags: Flags) -> list[tuple[int, int]]:
    """Return the first and last index of every run of True."""
    steps = np.diff(np.concatenate(([0], flags.astype("int8"), [0])))
    return list(zip(np.flatnonzero(steps == 1).tolist(), (np.flatnonzero(steps == -1) - 1).tolist(), strict=True))
