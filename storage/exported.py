"""Rows that only an export or an import reads as they are stored: stars, and the log of captures of one repository."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from storage.connection import Connection
from storage.installations import Repository, read
from storage.schema_installed import repositories
from storage.schema_traffic import captures, stars


@dataclass(frozen=True, slots=True)
class StoredStar:
    """A star by GitHub's number of the person; `starred_at` is None where only its end is known."""

    user_id: int
    starred_at: datetime | None
    unstarred_at: datetime | None


@dataclass(frozen=True, slots=True)
class LoggedCapture:
    """One capture of a repository: how it went, and the answer's own totals of 14 days, None where none was given."""

    captured_at: datetime
    run: str
    outcome: str
    reason: str | None
    requests: int
    views: int | None
    view_uniques: int | None
    clones: int | None
    clone_uniques: int | None


async def stars_of(conn: Connection, repository_id: int) -> list[StoredStar]:
    """Return every star of a repository, those taken back too, by the number of the person."""
    table = stars.c
    query = select(table.user_id, table.starred_at, table.unstarred_at).where(table.repository_id == repository_id)
    return [StoredStar(*row) for row in await conn.execute(query.order_by(table.user_id))]


async def captures_of(
    conn: Connection, repository_id: int, since: date | None = None, until: date | None = None
) -> list[LoggedCapture]:
    """Return the captures of a repository on the UTC dates in [since, until), in order."""
    table = captures.c
    query = select(*(table[name] for name in LoggedCapture.__slots__)).where(table.repository_id == repository_id)
    if since is not None:
        query = query.where(table.day >= since)
    if until is not None:
        query = query.where(table.day < until)
    return [LoggedCapture(*row) for row in await conn.execute(query.order_by(table.captured_at))]


async def repositories_by_name(conn: Connection) -> list[Repository]:
    """Return every repository that is not removed, by name in any case, then by number."""
    query = select(repositories).where(repositories.c.removed_at.is_(None))
    return [read(row) for row in (await conn.execute(query.order_by(repositories.c.key, repositories.c.id))).mappings()]
