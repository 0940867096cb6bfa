"""What the database is: which one, how large, and at which version of the schema."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from storage.connection import Connection
from storage.retention import CALLED, all_dropped
from storage.version import revision


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """name: with its version · size: in bytes, without the write-ahead log · schema: the newest migration that ran.

    dropped: what is no longer kept, and the date before which · astray: what has rows of a year without a partition.
    """

    name: str
    size: int
    schema: str | None
    dropped: tuple[tuple[str, date], ...] = ()
    astray: tuple[str, ...] = ()


async def database_facts(conn: Connection) -> DatabaseFacts:
    """Ask the database, which has this version's schema, about itself."""
    schema = await conn.run_sync(revision)
    dropped = tuple((CALLED.get(what, what), before) for what, before in await all_dropped(conn))
    if conn.dialect.name == "sqlite":
        version = (await conn.execute(text("SELECT sqlite_version()"))).scalar_one()
        pages = (await conn.execute(text("PRAGMA page_count"))).scalar_one()
        size = (await conn.execute(text("PRAGMA page_size"))).scalar_one()
        return DatabaseFacts(f"SQLite {version}", int(pages) * int(size), schema, dropped)
    from storage.partitions import astray  # noqa: PLC0415 - nothing of it is needed on SQLite

    others = tuple(CALLED[table] for table in await astray(conn))
    version = (await conn.execute(text("SHOW server_version"))).scalar_one()
    size = (await conn.execute(text("SELECT pg_database_size(current_database())"))).scalar_one()
    return DatabaseFacts(f"PostgreSQL {version}", int(size), schema, dropped, others)
