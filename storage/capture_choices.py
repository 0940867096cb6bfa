"""How often repositories are captured by the word of whoever looks after them here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from storage.connection import Connection
from storage.schema_installed import repositories
from storage.schema_managed import capture_choices as table
from storage.upsert import upsert


@dataclass(frozen=True, slots=True)
class CaptureChoice:
    """What somebody chose for a repository: daily, weekly or off."""

    repository_id: int
    frequency: str
    chosen_by: str
    chosen_at: datetime


async def capture_choices_of(conn: Connection, installation_id: int) -> dict[int, CaptureChoice]:
    """Return what was chosen for the repositories that an installation sees, by their numbers."""
    joined = select(table).join(repositories, repositories.c.id == table.c.repository_id)
    rows = (await conn.execute(joined.where(repositories.c.installation_id == installation_id))).mappings()
    return {row["repository_id"]: CaptureChoice(**row) for row in rows}


async def choose_capture(conn: Connection, repository_id: int, frequency: str, *, by: str, at: datetime) -> None:
    """Note what somebody chose, in place of what was chosen before."""
    row = {"repository_id": repository_id, "frequency": frequency, "chosen_by": by, "chosen_at": at}
    await upsert(conn, table, ["repository_id"], [row])


async def forget_capture_choice(conn: Connection, repository_id: int) -> None:
    """Let a repository be captured as usual again."""
    await conn.execute(delete(table).where(table.c.repository_id == repository_id))
