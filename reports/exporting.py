"""What is stored, as rows for a file: one kind of fact, one repository after the other, always in the same order.

An unknown value is None. Days and weeks go from the first known one to the last, so that a gap is there to be seen.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from storage.connection import Connection
from storage.engine import Store
from storage.exported import captures_of, repositories_by_name, stars_of
from storage.installations import Repository
from storage.traffic import ListKind, days, known_span, lists, snapshots, weeks

What = Literal["traffic", "weeks", "referrers", "paths", "stars", "snapshots", "captures"]
Kind = Literal["text", "count", "day", "moment"]
Value = str | int | date | datetime | None
ONE_DAY, ONE_WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Span:
    """The UTC dates in [since, until); None is no bound."""

    since: date | None = None
    until: date | None = None

    def __contains__(self, day: date) -> bool:
        return (self.since is None or day >= self.since) and (self.until is None or day < self.until)


Rows = Callable[[Connection, int, Span], Awaitable[list[tuple[Value, ...]]]]
MEASURES: tuple[tuple[str, Kind], ...] = (
    ("views", "count"), ("view_uniques", "count"), ("clones", "count"), ("clone_uniques", "count"),
)  # fmt: skip
NOTHING = (None,) * len(MEASURES)


async def traffic_rows(conn: Connection, repository_id: int, span: Span) -> list[tuple[Value, ...]]:
    """Return a row per day of the span that lies between the first and the last known day."""
    ends = await known_span(conn, repository_id)
    if ends is None:
        return []
    found = {row.day: row for row in await days(conn, repository_id, span.since, span.until)}
    return [(day, *(measures(found[day]) if day in found else NOTHING)) for day in each(*ends, ONE_DAY, span)]


async def week_rows(conn: Connection, repository_id: int, span: Span) -> list[tuple[Value, ...]]:
    """Return a row per Monday of the span that lies between the first and the last known whole week."""
    found = {row.week: row for row in await weeks(conn, repository_id)}
    if not found:
        return []
    mondays = each(min(found), max(found), ONE_WEEK, span)
    return [(week, *(measures(found[week]) if week in found else NOTHING)) for week in mondays]


def measures(row: Any) -> tuple[Value, ...]:
    """Return the four counts of a day or a week."""
    return tuple(getattr(row, name) for name, _ in MEASURES)


def each(first: date, last: date, step: timedelta, span: Span) -> list[date]:
    """Return every step from the first to the last date, both included, that lies in the span."""
    steps = (first + place * step for place in range((last - first) // step + 1))
    return [day for day in steps if day in span]


def list_rows(kind: ListKind) -> Rows:
    """Return what reads the lists of referrers or paths, each from its top, by date."""

    async def rows(conn: Connection, repository_id: int, span: Span) -> list[tuple[Value, ...]]:
        found = await lists(conn, repository_id, kind, span.since, span.until)
        return [(line.day, line.position, line.name, line.count, line.uniques) for line in found]

    return rows


async def star_rows(conn: Connection, repository_id: int, span: Span) -> list[tuple[Value, ...]]:
    """Return the stars that were given in the span, by the number of the person; without bounds, every star."""
    found = await stars_of(conn, repository_id)
    return [
        (star.user_id, star.starred_at, star.unstarred_at)
        for star in found
        if span == Span() or (star.starred_at is not None and star.starred_at.astimezone(UTC).date() in span)
    ]


async def snapshot_rows(conn: Connection, repository_id: int, span: Span) -> list[tuple[Value, ...]]:
    """Return the public counters of each date."""
    found = await snapshots(conn, repository_id, span.since, span.until)
    return [(one.taken_at, one.stars, one.forks, one.watchers, one.open_issues, one.open_pulls) for one in found]


async def capture_rows(conn: Connection, repository_id: int, span: Span) -> list[tuple[Value, ...]]:
    """Return the log of captures, with the totals of 14 days that each answer gave."""
    found = await captures_of(conn, repository_id, span.since, span.until)
    return [(one.captured_at, one.run, one.outcome, one.reason, one.requests, *measures(one)) for one in found]


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of fact: its columns with what they hold, and what reads its rows."""

    columns: tuple[tuple[str, Kind], ...]
    rows: Rows


def listed(name: str) -> tuple[tuple[str, Kind], ...]:
    """Return the columns of a list."""
    return (("date", "day"), ("position", "count"), (name, "text"), ("count", "count"), ("uniques", "count"))


TABLES: dict[What, Table] = {
    "traffic": Table((("date", "day"), *MEASURES), traffic_rows),
    "weeks": Table((("week", "day"), *MEASURES), week_rows),
    "referrers": Table(listed("referrer"), list_rows("referrers")),
    "paths": Table(listed("path"), list_rows("paths")),
    "stars": Table((("user_id", "count"), ("starred_at", "moment"), ("unstarred_at", "moment")), star_rows),
    "snapshots": Table(
        (
            ("taken_at", "moment"), ("stars", "count"), ("forks", "count"), ("watchers", "count"),
            ("open_issues", "count"), ("open_pulls", "count"),
        ),
        snapshot_rows,
    ),
    "captures": Table(
        (
            ("captured_at", "moment"), ("run", "text"), ("outcome", "text"), ("reason", "text"),
            ("requests", "count"), *MEASURES,
        ),
        capture_rows,
    ),
}  # fmt: skip


def columns_of(what: What, *, everything: bool) -> tuple[tuple[str, Kind], ...]:
    """Return the columns of an export; that of every repository begins with the repository."""
    named: tuple[tuple[str, Kind], ...] = (("repository", "text"),) if everything else ()
    return (*named, *TABLES[what].columns)


async def rows_of(
    store: Store, what: What, span: Span, repository: Repository | None
) -> AsyncIterator[Sequence[tuple[Value, ...]]]:
    """Yield the rows of one repository, or of every one by name: a repository's rows at a time, never more.

    Every one (`repository` is None) is each that is not removed; its rows begin with its name.
    """
    if repository is not None:
        yield await read_one(store, what, span, repository.id)
        return
    for one in await store.read(repositories_by_name):
        yield [(one.full_name, *row) for row in await read_one(store, what, span, one.id)]


async def read_one(store: Store, what: What, span: Span, repository_id: int) -> list[tuple[Value, ...]]:
    """Read one repository's rows in a transaction of its own."""
    return await store.read(lambda conn: TABLES[what].rows(conn, repository_id, span))
