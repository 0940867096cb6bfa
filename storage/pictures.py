"""The pictures that comments show, by an address that cannot be guessed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, select

from storage.connection import Connection
from storage.schema_work import pictures as table
from storage.upsert import insert


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of an answer in one theme. `address`: 256 random bits, URL-safe; `position` counts from 0."""

    address: str
    repository_id: int
    answer_key: str
    position: int
    theme: str
    media_type: str
    data: bytes
    created_at: datetime


async def save_pictures(conn: Connection, pictures: Iterable[Picture]) -> None:
    """Keep pictures. What an address shows never changes: proxies keep it for ever, so one that is there stays."""
    rows = [asdict(picture) for picture in pictures]
    if rows:
        await conn.execute(insert(conn, table).on_conflict_do_nothing(index_elements=["address"]), rows)


async def picture(conn: Connection, address: str) -> Picture | None:
    """Return the picture at an address, or None."""
    row = (await conn.execute(select(table).where(table.c.address == address))).mappings().first()
    return None if row is None else Picture(**row)


async def delete_pictures(conn: Connection, answer_key: str, keep: Collection[str] = ()) -> int:
    """Delete an answer's pictures but those at the addresses to `keep`; return how many were deleted."""
    unwanted = delete(table).where(table.c.answer_key == answer_key, table.c.address.not_in(keep))
    return (await conn.execute(unwanted)).rowcount
