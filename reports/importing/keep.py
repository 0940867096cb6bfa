"""From what a file says to what is stored: first the plan, which only reads, then the write, which is one transaction.

Days and weeks keep the larger of each number. What cannot be merged stays as it is stored: GitHub's own lists, counters
and stars win over a file's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypeVar

from analytics.rows import StarRow
from analytics.traffic import SETTLING, Count, Kind, Listed, Snapshot
from reports.importing.compare import Comparison, compare_days, compare_kept
from reports.importing.files import Source
from reports.importing.imported import Imported, Standing, Starred
from storage.connection import Connection
from storage.exported import stars_of
from storage.imports import count_rows, new_import
from storage.stars import save_stars, unstar
from storage.traffic import (
    ListKind,
    TrafficDay,
    TrafficWeek,
    days,
    lists,
    save_days,
    save_lists,
    save_snapshot,
    save_weeks,
    snapshots,
    weeks,
)

Value = TypeVar("Value")
KINDS: tuple[Kind, ...] = ("views", "clones")


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do to one repository; `imported` holds only what is to be written."""

    repository_id: int
    imported: Imported
    comparisons: tuple[Comparison, ...]

    @property
    def changes(self) -> int:
        """How many facts would be added or raised."""
        return sum(comparison.changes for comparison in self.comparisons)


async def plan(conn: Connection, repository_id: int, found: Imported) -> Plan:
    """Compare a file's history with what is stored of the repository."""
    daily = counts((row.day, row) for row in await days(conn, repository_id))
    weekly = counts((row.week, row) for row in await weeks(conn, repository_id))
    referrers = await stored_lists(conn, repository_id, "referrers")
    paths = await stored_lists(conn, repository_id, "paths")
    standings = {one.taken_at.date(): standing(one) for one in await snapshots(conn, repository_id)}
    known = await stars_of(conn, repository_id)
    stars = {one.user_id: Starred(one.user_id, one.starred_at, one.unstarred_at) for one in known}
    given = {star.user_id: star for star in found.stars}
    begun = (at.date() for star in found.stars for at in (star.starred_at, star.unstarred_at) if at is not None)
    comparisons = (
        *(compare_days(kind, found.days(kind), daily[kind]) for kind in KINDS),
        *(compare_days(f"weekly {kind}", found.weeks(kind), weekly[kind]) for kind in KINDS),
        compare_kept("referrers", found.referrers, referrers, found.referrers),
        compare_kept("paths", found.paths, paths, found.paths),
        compare_kept("snapshots", found.standings, standings, found.standings),
        compare_kept("stars", given, stars, begun),
    )
    fresh = replace(
        found,
        referrers=without(found.referrers, referrers),
        paths=without(found.paths, paths),
        standings=without(found.standings, standings),
        stars=tuple(star for star in found.stars if star.user_id not in stars),
    )
    return Plan(repository_id, fresh, tuple(one for one in comparisons if one.total))


async def write(conn: Connection, planned: Plan, source: Source, now: datetime) -> int:
    """Write what was planned and remember where it came from; return the number of the import, 0 if nothing changes.

    The days are settled but for the file's last two, which may have grown after it was written.
    """
    if not planned.changes:
        return 0
    repository_id, found = planned.repository_id, planned.imported
    first, last = found.span or (None, None)
    number = await new_import(
        conn, repository_id, format=source.format, source=source.name, sha256=source.sha256,
        imported_at=now, first_day=first, last_day=last,
    )  # fmt: skip
    rows = 0
    newest = max((day for kind in KINDS for day in found.days(kind)), default=date.min)
    for kind in KINDS:
        settled = {day: count for day, count in found.days(kind).items() if newest - day >= timedelta(days=SETTLING)}
        rows += await save_days(conn, repository_id, kind, settled, None, import_id=number)
        recent = {day: count for day, count in found.days(kind).items() if day not in settled}
        rows += await save_days(conn, repository_id, kind, recent, newest, import_id=number)
        rows += await save_weeks(conn, repository_id, kind, found.weeks(kind))
    rows += await write_others(conn, repository_id, found)
    await count_rows(conn, number, rows)
    return number


async def write_others(conn: Connection, repository_id: int, found: Imported) -> int:
    """Write lists, counters and stars, none of which is stored yet; return how many rows that are."""
    shown: dict[tuple[ListKind, date], tuple[Listed, ...]] = {
        **{("referrers", day): lines for day, lines in found.referrers.items()},
        **{("paths", day): lines for day, lines in found.paths.items()},
    }
    await save_lists(conn, repository_id, shown)
    for one in found.standings.values():
        numbers = (one.stars, one.forks, one.watchers, one.open_issues, one.open_pulls)
        await save_snapshot(conn, Snapshot(repository_id, one.taken_at, *numbers))
    begun = [StarRow(star.user_id, star.starred_at) for star in found.stars if star.starred_at is not None]
    await save_stars(conn, repository_id, begun)
    for star in found.stars:
        if star.unstarred_at is not None:
            await unstar(conn, repository_id, star.user_id, star.unstarred_at)
    return sum(map(len, shown.values())) + len(found.standings) + len(found.stars)


async def stored_lists(conn: Connection, repository_id: int, kind: ListKind) -> dict[date, tuple[Listed, ...]]:
    """Return the stored lists by date, each from its top."""
    found: dict[date, list[Listed]] = {}
    for line in await lists(conn, repository_id, kind):
        found.setdefault(line.day, []).append(Listed(line.name, line.count, line.uniques))
    return {day: tuple(lines) for day, lines in found.items()}


def counts(rows: Iterable[tuple[date, TrafficDay | TrafficWeek]]) -> dict[Kind, dict[date, Count]]:
    """Return stored days or weeks as series; a kind that a row does not know is not in its series."""
    series: dict[Kind, dict[date, Count]] = {"views": {}, "clones": {}}
    for day, row in rows:
        if row.views is not None and row.view_uniques is not None:
            series["views"][day] = Count(row.views, row.view_uniques)
        if row.clones is not None and row.clone_uniques is not None:
            series["clones"][day] = Count(row.clones, row.clone_uniques)
    return series


def standing(one: Snapshot) -> Standing:
    """Return a stored snapshot as an import would have it."""
    return Standing(one.taken_at, one.stars, one.forks, one.watchers, one.open_issues, one.open_pulls)


def without(found: Mapping[date, Value], stored: Mapping[date, object]) -> dict[date, Value]:
    """Return what is not stored yet."""
    return {day: value for day, value in found.items() if day not in stored}
