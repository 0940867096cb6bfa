"""What the database is: which one, how large, and at which version of the schema."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from storage.connection import Connection
from storage.version import revision


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """name: with its version · size: in bytes, without the write-ahead log · schema: the newest migration that ran."""

    name: str
    size: int
    schema: str | None


async def database_facts(conn: Connection) -> DatabaseFacts:
    """Ask the database about itself."""
    schema = await conn.run_sync(revision)
    if conn.dialect.name == "sqlite":
        version = (await conn.execute(text("SELECT sqlite_version()"))).scalar_one()
        pages = (await conn.execute(text("PRAGMA page_count"))).scalar_one()
        size = (await conn.execute(text("PRAGMA page_size"))).scalar_one()
        return DatabaseFacts(f"SQLite {version}", int(pages) * int(size), schema)
    version = (await conn.execute(text("SHOW server_version"))).scalar_one()
    size = (await conn.execute(text("SELECT pg_database_size(current_database())"))).scalar_one()
    return DatabaseFacts(f"PostgreSQL {version}", int(size), schema)
