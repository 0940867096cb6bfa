"""What GitHub gave the people who signed in with it, encrypted by whoever saves it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, select, update

from storage.connection import Connection
from storage.schema_access import user_tokens as table
from storage.upsert import upsert


@dataclass(frozen=True, slots=True)
class StoredToken:
    """A person's token and what renews it, both encrypted; an end of None is none."""

    person_id: int
    access: bytes
    access_ends_at: datetime | None
    refresh: bytes | None
    refresh_ends_at: datetime | None


async def save_user_token(conn: Connection, token: StoredToken) -> None:
    """Keep a person's token in place of the one before."""
    await upsert(conn, table, ["person_id"], [asdict(token)])


async def user_token(conn: Connection, person_id: int) -> StoredToken | None:
    """Return a person's token, or None."""
    row = (await conn.execute(select(table).where(table.c.person_id == person_id))).mappings().first()
    return None if row is None else StoredToken(**row)


async def replace_user_token(conn: Connection, before: StoredToken, after: StoredToken) -> bool:
    """Put a renewed token in the place of the one it was renewed with; return False if that is not there any more."""
    same = update(table).where(table.c.person_id == before.person_id, table.c.access == before.access)
    return (await conn.execute(same.values(**asdict(after)))).rowcount == 1


async def forget_user_token(conn: Connection, person_id: int) -> None:
    """Forget a person's token."""
    await conn.execute(delete(table).where(table.c.person_id == person_id))
