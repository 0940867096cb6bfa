"""Who asked when, so that nobody who is only a thread's author can ask without end."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, func, not_, select

from storage.connection import Connection
from storage.schema import askings as table
from storage.upsert import insert


async def note_asking(conn: Connection, repository_id: int, login: str, comment_id: int, asked_at: datetime) -> None:
    """Note that `login` asked with a comment as it stood at `asked_at`; noting it twice counts once."""
    row = {"repository_id": repository_id, "login": login.lower(), "comment_id": comment_id, "asked_at": asked_at}
    await conn.execute(insert(conn, table).on_conflict_do_nothing(), row)


async def askings_since(
    conn: Connection, repository_id: int, login: str, since: datetime, *, apart_from: tuple[int, datetime]
) -> int:
    """Return how often `login` asked in the repository since then, `apart_from` one comment as it stood at one time."""
    comment_id, asked_at = apart_from
    this_one = and_(table.c.comment_id == comment_id, table.c.asked_at == asked_at)
    mine = select(func.count()).where(table.c.repository_id == repository_id, table.c.login == login.lower())
    return (await conn.execute(mine.where(table.c.asked_at >= since, not_(this_one)))).scalar_one()
