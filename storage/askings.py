"""Who asked how much when, so that nobody can make the App write without end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, func, not_, select

from storage.connection import Connection
from storage.schema_work import askings as table
from storage.upsert import insert

KEPT = timedelta(days=7)  # GitHub lists deliveries for three days, and sends none again that is older


DECLINED = -1
"""Stands for the commands of a comment whose author may not ask."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Somebody asked with a comment as it stood at `asked_at`.

    login: in lower case · commands: how many were answered; 0 where too many had been, which was said there, DECLINED
    where whoever wrote it may not ask.
    """

    login: str
    comment_id: int
    asked_at: datetime
    commands: int = 1


async def note_asking(
    conn: Connection, repository_id: int, login: str, comment_id: int, asked_at: datetime, *, commands: int = 1
) -> None:
    """Note that `login` asked with a comment as it stood at `asked_at`; noting it twice counts once.

    What the same person asked there long before is forgotten.
    """
    mine = table.c.repository_id == repository_id, table.c.login == login.lower()
    await conn.execute(delete(table).where(*mine, table.c.asked_at < asked_at - KEPT))
    row = {
        "repository_id": repository_id,
        "login": login.lower(),
        "comment_id": comment_id,
        "asked_at": asked_at,
        "commands": commands,
    }
    await conn.execute(insert(conn, table).on_conflict_do_nothing(), row)


async def forget_askings(conn: Connection, before: datetime) -> int:
    """Forget who asked before then, whoever never asked again; return how many askings those were."""
    return (await conn.execute(delete(table).where(table.c.asked_at < before))).rowcount


async def askings_since(
    conn: Connection, repository_id: int, login: str, since: datetime, *, apart_from: tuple[int, datetime]
) -> int:
    """Return how often `login` asked in the repository since then and was answered, `apart_from` one comment."""
    comment_id, asked_at = apart_from
    this_one = and_(table.c.comment_id == comment_id, table.c.asked_at == asked_at)
    mine = select(func.count()).where(table.c.repository_id == repository_id, table.c.login == login.lower())
    answered = mine.where(table.c.asked_at >= since, table.c.commands > 0, not_(this_one))
    return (await conn.execute(answered)).scalar_one()


async def askings_around(conn: Connection, repository_id: int, at: datetime, span: timedelta) -> list[Asking]:
    """Return everything that was asked in the repository less than `span` before or after a moment, oldest first."""
    near = select(table).where(table.c.repository_id == repository_id)
    query = near.where(table.c.asked_at > at - span, table.c.asked_at < at + span).order_by(table.c.asked_at)
    return [Asking(row.login, row.comment_id, row.asked_at, row.commands) for row in await conn.execute(query)]
