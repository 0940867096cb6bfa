"""A glimpse of many repositories at once, for a list of them: a few figures of each, read by index, nothing measured.

Every function takes the repositories by id and costs a few seeks of an index for each of them. Ids stand in the
statement itself: a person may see more repositories than a statement may have parameters.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import BigInteger, ColumnElement, bindparam, func, select, type_coerce

from storage.captures import READ
from storage.columns import to_micros
from storage.connection import Connection
from storage.schema import pulls, repositories, watermarks
from storage.schema_traffic import captures, traffic_days
from storage.watermarks import Watermark

WEEK = 7 * 86_400_000_000  # microseconds


@dataclass(frozen=True, slots=True)
class Captured:
    """The latest capture that brought traffic: when, and GitHub's own totals of the 14 days before it."""

    at: datetime
    views: int | None
    view_uniques: int | None


async def open_pulls(conn: Connection, ids: Collection[int]) -> dict[int, int]:
    """Return how many pull requests are open, of each repository of which all open ones are stored."""
    known = select(watermarks.c.repository_id).where(
        among(watermarks.c.repository_id), watermarks.c.dataset == "pulls", watermarks.c.open_complete_at.is_not(None)
    )
    found = dict.fromkeys((await conn.execute(known, {"ids": list(ids)})).scalars(), 0)
    counted = (
        select(pulls.c.repository_id, func.count())
        # every moment is after 1970, which says that the index of what is open is the shortest way
        .where(among(pulls.c.repository_id), pulls.c.closed_at.is_(None), type_coerce(pulls.c.last_at, BigInteger) >= 0)
        .group_by(pulls.c.repository_id)
    )
    rows = (await conn.execute(counted, {"ids": list(ids)})).all()
    return found | {number: count for number, count in rows if number in found}


async def last_captures(conn: Connection, ids: Collection[int]) -> dict[int, Captured]:
    """Return the latest capture that brought traffic, of each repository that has one."""
    others = captures.alias("others")
    newest = (
        select(others.c.captured_at)
        .where(others.c.repository_id == repositories.c.id, others.c.outcome.in_(READ))
        .order_by(others.c.captured_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    columns = (captures.c.repository_id, captures.c.captured_at, captures.c.views, captures.c.view_uniques)
    joined = repositories.join(
        captures, (captures.c.repository_id == repositories.c.id) & (captures.c.captured_at == newest)
    )
    query = select(*columns).select_from(joined).where(among(repositories.c.id))
    rows = (await conn.execute(query, {"ids": list(ids)})).all()
    return {number: Captured(at, views, uniques) for number, at, views, uniques in rows}


async def daily_views(conn: Connection, ids: Collection[int], since: date) -> dict[int, dict[date, int]]:
    """Return the known views of each day since a date, of each repository that has any; an unknown day is missing."""
    query = select(traffic_days.c.repository_id, traffic_days.c.day, traffic_days.c.views).where(
        among(traffic_days.c.repository_id), traffic_days.c.day >= since, traffic_days.c.views.is_not(None)
    )
    found: dict[int, dict[date, int]] = {}
    for number, day, views in await conn.execute(query, {"ids": list(ids)}):
        found.setdefault(number, {})[day] = views
    return found


async def opened_by_week(
    conn: Connection, ids: Collection[int], since: datetime, weeks: int
) -> dict[int, Mapping[int, int]]:
    """Return how many pull requests were opened in each of the weeks from `since` on, counted from 0.

    Only of repositories whose pull requests are stored since then; a week in which none was opened is missing.
    """
    covered = watermarks.c.whole_history | (watermarks.c.covered_since <= since)
    known = select(watermarks.c.repository_id).where(
        among(watermarks.c.repository_id), watermarks.c.dataset == "pulls", covered
    )
    stored = (await conn.execute(known, {"ids": list(ids)})).scalars()
    found: dict[int, dict[int, int]] = {number: {} for number in stored}
    week = ((type_coerce(pulls.c.created_at, BigInteger) - to_micros(since)) // WEEK).label("week")
    # what was opened since then was changed since then, and by that the index is in order
    query = (
        select(pulls.c.repository_id, week, func.count())
        .where(among(pulls.c.repository_id), pulls.c.last_at >= since, pulls.c.created_at >= since)
        .group_by(pulls.c.repository_id, "week")
    )
    for number, place, count in await conn.execute(query, {"ids": list(found)}):
        if place < weeks:
            found[number][place] = count
    return dict(found)


def among(column: ColumnElement[int]) -> ColumnElement[bool]:
    """Return the condition that a column is one of `ids`."""
    return column.in_(bindparam("ids", expanding=True, literal_execute=True))


async def marks_of(
    conn: Connection, ids: Collection[int], datasets: Collection[str]
) -> dict[int, dict[str, Watermark]]:
    """Return the watermarks of these datasets by repository; what was never read is missing."""
    query = select(watermarks).where(among(watermarks.c.repository_id), watermarks.c.dataset.in_(sorted(datasets)))
    found: dict[int, dict[str, Watermark]] = {}
    for row in (await conn.execute(query, {"ids": list(ids)})).mappings():
        found.setdefault(row["repository_id"], {})[row["dataset"]] = Watermark(**row)
    return found
