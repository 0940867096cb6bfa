"""Is the schema the one this code was written for? Answered without Alembic, which the server never imports."""

from __future__ import annotations

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection as SyncConnection

from storage.connection import Connection

HEAD = "0016_0015"  # the newest file under storage/migrations/versions; a test holds the two together
FLOOR = "_"
"""Between a revision's number and that of the oldest version whose code still runs on such a database: `0017_0014`."""
MOVING = "moving"  # the table that a database has while `storage.moving` fills it, and no longer

UNFINISHED = (
    "The database of DATABASE_URL is being filled by `python -m bot migrate-database`, which has not finished and "
    "compared it yet; run that again with --final, and start the server when it has said that both are equal."
)


async def is_current(conn: Connection) -> bool:
    """Return True if every migration has run, Procrastinate's on PostgreSQL too; one without tables is not current.

    Those of a newer version may have run as well, if they left what this one uses: then both work side by side.
    """
    found = await conn.run_sync(revision)
    if found != HEAD and not serves(found):
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


def is_newer(found: str | None) -> bool:
    """Tell whether a revision is of a newer version than this."""
    return found is not None and number_of(found) > number_of(HEAD)


def serves(found: str | None) -> bool:
    """Tell whether a database of a newer revision has all that this version uses."""
    return found is not None and is_newer(found) and floor_of(found) <= number_of(HEAD)


def number_of(found: str) -> str:
    """Return a revision's number, by which revisions follow one another."""
    return found.partition(FLOOR)[0]


def floor_of(found: str) -> str:
    """Return the number of the oldest version that runs on a database of this revision; its own where none is named."""
    return found.partition(FLOOR)[2] or number_of(found)
