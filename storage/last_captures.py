"""How the repositories of an installation fared in their latest captures, and how much is kept of each."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, select

from storage.captures import READ
from storage.connection import Connection
from storage.schema_installed import repositories
from storage.schema_traffic import captures, traffic_days


@dataclass(frozen=True, slots=True)
class LastCapture:
    """A repository's latest try. read_at: when a try brought traffic last, None if none ever did."""

    repository_id: int
    captured_at: datetime
    outcome: str
    reason: str | None
    run: str
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Kept:
    """How many days of a repository's traffic are kept, and since when."""

    days: int
    since: date


async def last_captures_of(conn: Connection, installation_id: int) -> dict[int, LastCapture]:
    """Return the latest try of each repository that an installation sees; one that was never tried is missing."""
    tried = captures.alias()
    of = tried.c.repository_id == repositories.c.id
    newest = select(func.max(tried.c.captured_at)).where(of).correlate(repositories).scalar_subquery()
    read = (
        select(tried.c.captured_at)
        .where(of, tried.c.outcome.in_(READ))
        .order_by(tried.c.captured_at.desc())
        .limit(1)
        .correlate(repositories)
        .scalar_subquery()
    )
    columns = (captures.c.captured_at, captures.c.outcome, captures.c.reason, captures.c.run)
    latest = and_(captures.c.repository_id == repositories.c.id, captures.c.captured_at == newest)
    joined = select(repositories.c.id, *columns, read).select_from(repositories).join(captures, latest)
    seen = joined.where(repositories.c.installation_id == installation_id, repositories.c.removed_at.is_(None))
    return {row[0]: LastCapture(*row) for row in await conn.execute(seen)}


async def kept_days(conn: Connection, repository_ids: Collection[int]) -> dict[int, Kept]:
    """Return how much traffic is kept of these repositories; one of which there is none is missing."""
    of = traffic_days.c.repository_id
    query = select(of, func.count(), func.min(traffic_days.c.day)).where(of.in_(repository_ids)).group_by(of)
    return {row[0]: Kept(row[1], row[2]) for row in await conn.execute(query)}
