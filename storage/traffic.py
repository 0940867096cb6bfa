"""Keep what GitHub showed of traffic, for ever: every number's maximum, every list's date, every answer as it came.

Every function runs inside the caller's transaction and touches rows of one repository, which must be saved before.
Saving again changes nothing; saving in another order ends the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select

from analytics.traffic import SETTLING, Capture, Count, Kind, Listed, Snapshot, Traffic, known_days, whole_weeks
from storage.connection import Connection
from storage.highest import save_highest_days, save_highest_weeks
from storage.listings import ListedOn, ListKind, lists, save_lists
from storage.raw import pack, unpack
from storage.schema_traffic import captures, raw_answers, traffic_days, traffic_weeks
from storage.schema_traffic import snapshots as snapshots_table
from storage.upsert import insert_in, overwriting

__all__ = [
    "ListKind",
    "ListedOn",
    "TrafficDay",
    "TrafficWeek",
    "days",
    "known_span",
    "lists",
    "raw_answer",
    "save_capture",
    "save_days",
    "save_lists",
    "save_snapshot",
    "save_weeks",
    "snapshots",
    "weeks",
]


@dataclass(frozen=True, slots=True)
class TrafficDay:
    """What is known of one UTC day; None is unknown, 0 is none.

    views_seen, clones_seen: the UTC date of the latest answer that covered the day, at most `day + SETTLING`, from when
    on it is settled · import_id: the import that last gave the day a value.
    """

    repository_id: int
    day: date
    views: int | None
    view_uniques: int | None
    clones: int | None
    clone_uniques: int | None
    views_seen: date | None
    clones_seen: date | None
    import_id: int | None

    @property
    def views_provisional(self) -> bool:
        """Whether the day's views are known and may still rise."""
        return self.views_seen is not None and self.views_seen < self.day + timedelta(days=SETTLING)

    @property
    def clones_provisional(self) -> bool:
        """Whether the day's clones are known and may still rise."""
        return self.clones_seen is not None and self.clones_seen < self.day + timedelta(days=SETTLING)


@dataclass(frozen=True, slots=True)
class TrafficWeek:
    """What is known of one whole week by its Monday: its true uniques; None is unknown."""

    repository_id: int
    week: date
    views: int | None
    view_uniques: int | None
    clones: int | None
    clone_uniques: int | None


async def save_capture(
    conn: Connection,
    capture: Capture,
    *,
    installation_id: int,
    run: str,
    requests: int,
    outcome: str,
    reason: str | None = None,
) -> None:
    """Keep everything of one capture: days, weeks, lists, the answer's own totals, the bodies, and that it happened.

    A part that is None changes nothing. Days that the answer covers and does not list are zero. The lists of a date are
    those of its latest capture.
    """
    repository_id, captured_on = capture.repository_id, capture.captured_at.astimezone(UTC).date()
    daily: dict[Kind, Traffic | None] = {"views": capture.views, "clones": capture.clones}
    weekly: dict[Kind, Mapping[date, Count] | None] = {"views": capture.view_weeks, "clones": capture.clone_weeks}
    known = {kind: known_days(given.days, captured_on) for kind, given in daily.items() if given is not None}
    await save_highest_days(conn, repository_id, known, captured_on)
    whole = {kind: whole_weeks(given, captured_on) for kind, given in weekly.items() if given is not None}
    await save_highest_weeks(conn, repository_id, whole)
    await save_shown_lists(conn, capture, captured_on)
    row: dict[str, Any] = {
        "repository_id": repository_id,
        "captured_at": capture.captured_at,
        "day": captured_on,
        "installation_id": installation_id,
        "run": run,
        "requests": requests,
        "outcome": outcome,
        "reason": reason,
        "views": capture.views and capture.views.total.count,
        "view_uniques": capture.views and capture.views.total.uniques,
        "clones": capture.clones and capture.clones.total.count,
        "clone_uniques": capture.clones and capture.clones.total.uniques,
    }
    await conn.execute(overwriting(conn.dialect.name, captures), row)
    if capture.raw:
        body = {"repository_id": repository_id, "captured_at": capture.captured_at, "body": pack(capture.raw)}
        await conn.execute(overwriting(conn.dialect.name, raw_answers), body)


async def save_shown_lists(conn: Connection, capture: Capture, captured_on: date) -> None:
    """Replace the date's lists by those of a capture, unless a later one of the same date is stored."""
    shown: dict[ListKind, tuple[Listed, ...] | None] = {"referrers": capture.referrers, "paths": capture.paths}
    given = {(kind, captured_on): lines for kind, lines in shown.items() if lines is not None}
    if not given:
        return
    midnight = datetime.combine(captured_on + timedelta(days=1), time(), UTC)
    when = {"of": capture.repository_id, "at": capture.captured_at, "midnight": midnight}
    if (await conn.execute(LATER, when)).first() is None:
        await save_lists(conn, capture.repository_id, given)


LATER = (
    select(captures.c.captured_at)
    .where(captures.c.repository_id == bindparam("of"))
    .where(captures.c.captured_at > bindparam("at"), captures.c.captured_at < bindparam("midnight"))
    .where(captures.c.outcome.in_(("captured", "partly")))
    .limit(1)
)


async def save_days(
    conn: Connection,
    repository_id: int,
    kind: Kind,
    days: Mapping[date, Count],
    seen_on: date | None,
    *,
    import_id: int | None = None,
) -> int:
    """Keep the maxima of one kind's days and return how many rows changed.

    seen_on: the UTC date on which the days were seen; None settles them, as history from elsewhere does.
    """
    return await save_highest_days(conn, repository_id, {kind: days}, seen_on, import_id)


async def save_weeks(conn: Connection, repository_id: int, kind: Kind, weeks: Mapping[date, Count]) -> int:
    """Keep the maxima of one kind's whole weeks, by Monday, and return how many rows changed."""
    return await save_highest_weeks(conn, repository_id, {kind: weeks})


async def save_snapshot(conn: Connection, snapshot: Snapshot) -> None:
    """Keep a repository's counters; of one UTC date the latest win, and a number once known is not forgotten."""
    row = {**asdict(snapshot), "day": snapshot.taken_at.astimezone(UTC).date()}
    await conn.execute(taking_latest(conn.dialect.name), row)


@cache
def taking_latest(dialect: str) -> Any:
    """Return the INSERT of a snapshot that overwrites an earlier one of the same date; made once."""
    statement = insert_in(dialect, snapshots_table)
    old, new = snapshots_table.c, statement.excluded
    numbers = ("stars", "forks", "watchers", "open_issues", "open_pulls")
    taken: dict[str, ColumnElement[Any]] = {name: func.coalesce(new[name], old[name]) for name in numbers}
    taken["taken_at"] = new.taken_at
    keys = ["repository_id", "day"]
    return statement.on_conflict_do_update(index_elements=keys, set_=taken, where=new.taken_at > old.taken_at)


async def days(
    conn: Connection, repository_id: int, since: date | None = None, until: date | None = None
) -> list[TrafficDay]:
    """Return the known days in [since, until), in order; a day that nobody knows is missing."""
    day = traffic_days.c.day
    query = select(traffic_days).where(traffic_days.c.repository_id == repository_id, *between(day, since, until))
    return [TrafficDay(*row) for row in await conn.execute(query.order_by(day))]


async def weeks(
    conn: Connection, repository_id: int, since: date | None = None, until: date | None = None
) -> list[TrafficWeek]:
    """Return the known whole weeks whose Monday is in [since, until), in order."""
    week = traffic_weeks.c.week
    query = select(traffic_weeks).where(traffic_weeks.c.repository_id == repository_id, *between(week, since, until))
    return [TrafficWeek(*row) for row in await conn.execute(query.order_by(week))]


async def snapshots(
    conn: Connection, repository_id: int, since: date | None = None, until: date | None = None
) -> list[Snapshot]:
    """Return the counters of the dates in [since, until), one a date, in order."""
    table = snapshots_table.c
    query = select(*(table[name] for name in Snapshot.__slots__))
    query = query.where(table.repository_id == repository_id, *between(table.day, since, until))
    return [Snapshot(*row) for row in await conn.execute(query.order_by(table.day))]


async def known_span(conn: Connection, repository_id: int) -> tuple[date, date] | None:
    """Return the first and the last known day, None if there is none."""
    of = traffic_days.c.repository_id == repository_id
    ends = [select(end(traffic_days.c.day)).where(of).scalar_subquery() for end in (func.min, func.max)]
    first, last = (await conn.execute(select(*ends))).one()
    return None if first is None else (first, last)


async def raw_answer(conn: Connection, repository_id: int, captured_at: datetime) -> dict[str, bytes] | None:
    """Return the bodies of one capture as they came, by part; None if none are stored."""
    of = raw_answers.c.repository_id == repository_id
    query = select(raw_answers.c.body).where(of, raw_answers.c.captured_at == captured_at)
    body = (await conn.execute(query)).scalar()
    return None if body is None else unpack(body)


def between(day: ColumnElement[date], since: date | None, until: date | None) -> list[ColumnElement[bool]]:
    """Return the conditions that a day is in [since, until)."""
    begun = [] if since is None else [day >= since]
    return begun if until is None else [*begun, day < until]
