"""How many rows of a dataset an answer rests on, and since when: what happened, was open, or is known in its window."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from analytics.moments import before as earlier
from analytics.moments import moments, within
from analytics.tables import CAPTURED, DATASET_TABLES, Tables
from analytics.window import Window

EVENTS = {"commits": "committed_at", "releases": "published_at", "stars": "starred_at"}  # rows are moments
DATED = {"traffic": "day", "referrers": "day", "paths": "day", "org-traffic": "day", "snapshots": "taken_at"}
LISTS = frozenset({"referrers", "paths"})  # one row per day and name; the names are counted


def rows_in(dataset: str, tables: Tables, window: Window) -> int:
    """Count one dataset's rows in the window.

    Events that lie in it; threads that were open at some time of it; days that begin in it.
    """
    frame = getattr(tables, DATASET_TABLES[dataset][0])
    if dataset in EVENTS:
        return int(within(moments(frame[EVENTS[dataset]]), window).sum())
    if dataset in CAPTURED:
        inside = within(moments(frame[DATED[dataset]]), window)
        return int(frame.loc[inside, "name"].nunique()) if dataset in LISTS else int(inside.sum())
    created, closed = (moments(frame[name]) for name in ("created_at", "closed_at"))
    alive = earlier(created, window.until)
    return int((alive if window.whole else alive & ~earlier(closed, window.since)).sum())


def first_in(dataset: str, tables: Tables, window: Window) -> datetime | None:
    """Return the moment of the earliest row that a whole history holds: an event, an opening, a day; None without."""
    frame = getattr(tables, DATASET_TABLES[dataset][0])
    name = EVENTS.get(dataset) or DATED.get(dataset) or "created_at"
    at = moments(frame[name])
    at = at[within(at, window)]
    return None if not len(at) else at.min().astype("datetime64[us]").item().replace(tzinfo=UTC)


def began(datasets: Iterable[str], tables: Tables, window: Window) -> datetime | None:
    """Return the moment of the earliest row of these datasets in the whole history; None of any other window."""
    if not window.whole:
        return None
    firsts = [first_in(name, tables, window) for name in datasets]
    return min((first for first in firsts if first is not None), default=None)
