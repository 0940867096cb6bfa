"""Files that can be fetched by an address that cannot be guessed, each with the question it answers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, select

from storage.connection import Connection
from storage.schema_work import exports as table
from storage.upsert import insert


@dataclass(frozen=True, slots=True)
class Export:
    """One file. `address`: 256 random bits, URL-safe; `wanted`: the question as JSON; it goes with its repository."""

    address: str
    repository_id: int
    answer_key: str
    wanted: str
    created_at: datetime


async def save_export(conn: Connection, export: Export) -> None:
    """Keep what stands behind an address; one that is there stays as it is."""
    await conn.execute(insert(conn, table).on_conflict_do_nothing(index_elements=["address"]), asdict(export))


async def export(conn: Connection, address: str, since: datetime) -> Export | None:
    """Return what stands behind an address, None where there is nothing, or it is older than `since`."""
    query = select(table).where(table.c.address == address, table.c.created_at > since)
    row = (await conn.execute(query)).mappings().first()
    return None if row is None else Export(**row)


async def delete_exports(conn: Connection, answer_key: str, keep: Collection[str] = ()) -> int:
    """Delete an answer's files but those at the addresses to `keep`; return how many were deleted."""
    unwanted = delete(table).where(table.c.answer_key == answer_key, table.c.address.not_in(keep))
    return (await conn.execute(unwanted)).rowcount


async def delete_exports_before(conn: Connection, before: datetime) -> int:
    """Delete what was made before a moment; return how much."""
    return (await conn.execute(delete(table).where(table.c.created_at <= before))).rowcount
