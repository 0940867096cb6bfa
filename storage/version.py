"""Is the schema the one this code was written for? Answered without Alembic, which the server never imports."""

from __future__ import annotations

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection as SyncConnection

from storage.connection import Connection

HEAD = "0013"  # the newest file under storage/migrations/versions; a test holds the two together
MOVING = "moving"  # the table that a database has while `storage.moving` fills it, and no longer

UNFINISHED = (
    "The database of DATABASE_URL is being filled by `python -m bot migrate-database`, which has not finished and "
    "compared it yet; run that again with --final, and start the server when it has said that both are equal."
)


async def is_current(conn: Connection) -> bool:
    """Return True if every migration has run, Procrastinate's on PostgreSQL too; one without tables is not current."""
    if await conn.run_sync(revision) != HEAD:
        return False
    if conn.dialect.name == "sqlite":
        return True
    from storage import queue_schema  # noqa: PLC0415 - the engine not in use is not imported

    return await conn.run_sync(queue_schema.is_up)


async def is_unfinished(conn: Connection) -> bool:
    """Return True if rows of another database are still being moved into this one, or the move was broken off."""
    return await conn.run_sync(lambda connection: inspect(connection).has_table(MOVING))


def revision(connection: SyncConnection) -> str | None:
    """Return the stored revision, None where no migration ever ran."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found
