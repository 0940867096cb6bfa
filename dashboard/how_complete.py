"""How much of a table is stored, in words: what was never read is not known, and never no rows. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from analytics.tables import DATASET_TABLES
from analytics.words import ago, day, number
from dashboard.data_shown import span
from storage.previewed import Size
from storage.previewed_catalogue import Table
from storage.watermarks import Watermark

CAPTURED = ("traffic", "weeks", "referrers", "paths", "snapshots", "captures")
"""Tables that captures fill, whose rows say themselves what is not known."""
Listed = tuple[Table, str, str, str]
"""A table with how many rows it has, from when to when they reach, and how complete they are, in words."""
NEVER, NOT_CAPTURED = "not read yet", "not captured yet"


def listed(sizes: Iterable[tuple[Table, Size]], marks: Mapping[str, Watermark], now: datetime) -> list[Listed]:
    """Return the lines of a list of tables."""
    return [
        (table, rows_said(table, one.rows, marks), span(one), completeness(table, one.rows, marks, now))
        for table, one in sizes
    ]


def rows_said(table: Table, rows: int, marks: Mapping[str, Watermark]) -> str:
    """Return how many rows there are, or why there are none."""
    if rows or is_read(table, marks):
        return number(rows)
    return NOT_CAPTURED if table.name in CAPTURED else NEVER


def is_read(table: Table, marks: Mapping[str, Watermark]) -> bool:
    """Tell whether a table without rows is known to have none."""
    of = datasets_of(table)
    return bool(of) and all(name in marks and marks[name].synced_at is not None for name in of)


def completeness(table: Table, rows: int, marks: Mapping[str, Watermark], now: datetime) -> str:
    """Return since when a table is whole and when that was read; nothing for what captures fill."""
    of = datasets_of(table)
    if not of:
        return ""
    known = [marks[name] for name in of if name in marks and marks[name].synced_at is not None]
    if len(known) < len(of):
        return "only what webhooks have told so far" if rows else ""
    read = min(one.synced_at for one in known if one.synced_at is not None)
    if any(one.error for one in known):
        return f"could not be read to the end, {ago(read, now)}"
    if all(one.whole_history for one in known):
        return f"all, read {ago(read, now)}"
    begins = [one.covered_since for one in known if not one.whole_history]
    since = max((one for one in begins if one is not None), default=None)
    return (
        f"changed since {day(since)}, read {ago(read, now)}" if since is not None else f"in part, read {ago(read, now)}"
    )


def datasets_of(table: Table) -> tuple[str, ...]:
    """Return the datasets whose reading fills a table; none for what captures fill."""
    if table.name in CAPTURED:
        return ()
    return tuple(name for name, filled in DATASET_TABLES.items() if table.name in filled)
