"""What people changed on the dashboard, in sentences: who, what and when. Nothing of it is ever changed itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from storage.connection import Connection
from storage.schema_managed import decisions as table


@dataclass(frozen=True, slots=True)
class Decision:
    """One change: when, who made it, as they were called then, and what, a sentence without its subject."""

    at: datetime
    who: str
    what: str


async def note_decision(conn: Connection, installation_id: int | None, at: datetime, who: str, what: str) -> None:
    """Write down a change, in the transaction that makes it; without an installation it is the whole server's."""
    await conn.execute(table.insert(), {"installation_id": installation_id, "at": at, "who": who, "what": what})


async def decisions_of(
    conn: Connection, installation_id: int | None, most: int, skip: int = 0
) -> tuple[list[Decision], int]:
    """Return the changes in an installation, the latest first, and how many there are; past the end the last ones."""
    of = (
        table.c.installation_id == installation_id if installation_id is not None else table.c.installation_id.is_(None)
    )
    count = (await conn.execute(select(func.count()).select_from(table).where(of))).scalar_one()
    skip = max(0, min(skip, (count - 1) // most * most))
    query = select(table.c.at, table.c.who, table.c.what).where(of).order_by(table.c.id.desc())
    return [Decision(*row) for row in await conn.execute(query.limit(most).offset(skip))], count
