"""Delete an installation or a repository at once, without the time of grace, and leave nothing of it in the file."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, func, or_, select

from storage.connection import Connection
from storage.engine import Store
from storage.forget import end_installations
from storage.installations import Installation, Repository, read, read_installation
from storage.schema_access import installation_roles
from storage.schema_installed import installations, repositories
from storage.schema_managed import capture_orders
from storage.schema_work import configurations


async def installations_of(conn: Connection, account: str) -> list[Installation]:
    """Return the installations on an account of that login, or of that number, ended ones too."""
    called = func.lower(installations.c.account_login) == account.lower()
    meant = or_(called, installations.c.id == int(account)) if account.isascii() and account.isdigit() else called
    query = select(installations).where(meant).order_by(installations.c.id)
    return [read_installation(row) for row in (await conn.execute(query)).mappings()]


async def repositories_called(conn: Connection, name: str) -> list[Repository]:
    """Return the repositories of that owner/name, removed ones too: a name may have been given twice."""
    query = select(repositories).where(repositories.c.key == name.lower()).order_by(repositories.c.id)
    return [read(row) for row in (await conn.execute(query)).mappings()]


async def every_repository(conn: Connection, installation_id: int) -> list[Repository]:
    """Return an installation's repositories, removed ones too."""
    query = select(repositories).where(repositories.c.installation_id == installation_id).order_by(repositories.c.id)
    return [read(row) for row in (await conn.execute(query)).mappings()]


async def delete_repositories(store: Store, gone: Sequence[Repository]) -> None:
    """Delete repositories with their rows in every table, each in a transaction of its own."""
    for one in gone:

        async def work(conn: Connection, one: Repository = one) -> None:
            await overwrite(conn)
            await conn.execute(delete(repositories).where(repositories.c.id == one.id))
            await conn.execute(delete(capture_orders).where(capture_orders.c.repository_id == one.id))
            file = configurations.c.key == one.full_name.lower()
            await conn.execute(delete(configurations).where(file))

        await store.write(work)


async def delete_installation(store: Store, installation_id: int) -> int:
    """Delete an installation with everything that was stored through it; return how many repositories that were."""
    gone = await store.read(lambda conn: every_repository(conn, installation_id))
    await delete_repositories(store, gone)

    async def work(conn: Connection) -> None:
        await overwrite(conn)
        await conn.execute(delete(configurations).where(configurations.c.installation_id == installation_id))
        await conn.execute(delete(installation_roles).where(installation_roles.c.installation_id == installation_id))
        await end_installations(conn, [installation_id])

    await store.write(work)
    return len(gone)


async def overwrite(conn: Connection) -> None:
    """Let SQLite write zeros over what this connection deletes; PostgreSQL frees it when it vacuums."""
    if conn.dialect.name == "sqlite":
        await conn.exec_driver_sql("PRAGMA secure_delete = ON")


async def leave_no_trace(store: Store) -> bool:
    """Bring SQLite's write-ahead log, which has the old pages, into the file; False if somebody reads meanwhile.

    On PostgreSQL nothing is to do here.
    """
    if store.dialect != "sqlite":
        return True
    async with store.engine.connect() as conn:
        # the pragma is refused within a transaction, which SQLAlchemy would begin
        driver = (await conn.get_raw_connection()).driver_connection
        assert driver is not None, "an open connection"
        cursor = await driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        found = await cursor.fetchone()
        await cursor.close()
    return bool(found[0] == 0)
