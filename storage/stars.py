"""Who starred a repository and when, by GitHub's numeric ids; pages and webhooks may come in any order."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import and_, case, or_

from analytics.rows import StarRow
from storage.connection import Connection
from storage.schema_traffic import stars
from storage.upsert import insert_in


async def save_stars(conn: Connection, repository_id: int, rows: Iterable[StarRow]) -> None:
    """Keep stars. Somebody's latest star counts; one given after it was taken away stands again."""
    given = {row.user_id: row.starred_at for row in sorted(rows, key=lambda row: row.starred_at)}
    values = [
        {"repository_id": repository_id, "user_id": user_id, "starred_at": at, "unstarred_at": None}
        for user_id, at in sorted(given.items())
    ]
    if values:
        await conn.execute(turning(conn.dialect.name), values)


async def unstar(conn: Connection, repository_id: int, user_id: int, at: datetime) -> None:
    """Note that somebody's star was taken away at that moment.

    It is noted even where the star is not known, whose webhook may still be on its way.
    """
    row = {"repository_id": repository_id, "user_id": user_id, "starred_at": None, "unstarred_at": at}
    await conn.execute(turning(conn.dialect.name), row)


@cache
def turning(dialect: str) -> Any:
    """Return the INSERT after which a star has its latest beginning, and an end only if that came after; made once."""
    statement = insert_in(dialect, stars)
    old, new = stars.c, statement.excluded
    begun = later(old.starred_at, new.starred_at)
    ended = later(old.unstarred_at, new.unstarred_at)
    # in the same moment the end wins: GitHub's times are whole seconds, and nobody gives what they have
    stands = and_(begun.is_not(None), begun > ended)
    taken = {"starred_at": begun, "unstarred_at": case((stands, None), else_=ended)}
    differs = or_(*(old[name].is_distinct_from(value) for name, value in taken.items()))
    return statement.on_conflict_do_update(index_elements=["repository_id", "user_id"], set_=taken, where=differs)


def later(old: Any, new: Any) -> Any:
    """Return the later of two times as SQL; an unknown one is before any."""
    return case((or_(old.is_(None), new > old), new), else_=old)
