"""The private repositories whose threads may show the whole organisation, by the word of an owner of the account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, select

from storage.connection import Connection
from storage.schema_installed import repositories
from storage.schema_managed import organisation_grants as table
from storage.upsert import upsert

HERE = and_(repositories.c.id == table.c.repository_id, repositories.c.installation_id == table.c.installation_id)


@dataclass(frozen=True, slots=True)
class Grant:
    """One repository's grant: who gave it, as they were called then, and when."""

    repository_id: int
    installation_id: int
    granted_by: str
    granted_at: datetime


async def grant(conn: Connection, repository_id: int, installation_id: int, *, by: str, at: datetime) -> None:
    """Let a repository's threads show all of its installation."""
    row = {"repository_id": repository_id, "installation_id": installation_id, "granted_by": by, "granted_at": at}
    await upsert(conn, table, ["repository_id"], [row])


async def withdraw(conn: Connection, repository_id: int) -> None:
    """Let a repository's threads show no more than any other's."""
    await conn.execute(delete(table).where(table.c.repository_id == repository_id))


async def may_show_organisation(conn: Connection, repository_id: int, installation_id: int) -> bool:
    """Tell whether a repository was granted that and is private.

    A grant of the installation that it was taken from counts nothing, nor does one of what other people read by now.
    """
    query = (
        select(table.c.repository_id)
        .join(repositories, HERE)
        .where(
            table.c.repository_id == repository_id,
            table.c.installation_id == installation_id,
            repositories.c.visibility == "private",
        )
    )
    return (await conn.execute(query)).first() is not None


async def grants_of(conn: Connection, installation_id: int) -> dict[int, Grant]:
    """Return the grants that hold in an installation, by the repository's number."""
    query = select(table).join(repositories, HERE).where(table.c.installation_id == installation_id)
    return {row["repository_id"]: Grant(**row) for row in (await conn.execute(query)).mappings()}
