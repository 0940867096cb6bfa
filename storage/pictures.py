"""The pictures that comments show, by an address that cannot be guessed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, select

from storage.connection import Connection
from storage.schema import pictures as table
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


async def delete_pictures(conn: Connection, answer_key: str) -> int:
    """Delete every picture of an answer; return how many there were."""
    return (await conn.execute(delete(table).where(table.c.answer_key == answer_key))).rowcount
