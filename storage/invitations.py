"""Roles for people who have not signed in yet: by their login at GitHub, or an address that a provider has verified.

An invitation is taken up when they sign in for the first time after it, and ends by itself after a while.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import RowMapping, delete, select

from storage.connection import Connection
from storage.roles import give_role, give_view, roles_of
from storage.schema_installed import repositories
from storage.schema_managed import invitations as table
from storage.sessions import Person

Kind = Literal["login", "email"]
RANK = {"member": 1, "admin": 2}


@dataclass(frozen=True, slots=True)
class Invitation:
    """One role that waits for somebody. name: lower-case · role: admin, member, or viewer of `repository_id`."""

    installation_id: int
    kind: Kind
    name: str
    role: str
    repository_id: int | None
    sees_traffic: bool
    invited_by: str
    invited_at: datetime
    ends_at: datetime
    id: int = 0


async def invite(conn: Connection, invitation: Invitation) -> None:
    """Keep an invitation in place of one of the same person to the same; a role takes the place of the one before."""
    about = table.c.repository_id
    same = about.is_(None) if invitation.repository_id is None else about == invitation.repository_id
    await conn.execute(
        delete(table).where(
            table.c.installation_id == invitation.installation_id,
            table.c.kind == invitation.kind,
            table.c.name == invitation.name,
            same,
        )
    )
    row = {name: getattr(invitation, name) for name in Invitation.__slots__ if name != "id"}
    await conn.execute(table.insert(), row)


async def invitations_of(conn: Connection, installation_id: int, now: datetime) -> list[Invitation]:
    """Return the invitations of an installation that still hold, by name."""
    query = select(table).where(table.c.installation_id == installation_id, table.c.ends_at > now)
    return [read(row) for row in (await conn.execute(query.order_by(table.c.name, table.c.id))).mappings()]


async def take_back(conn: Connection, installation_id: int, invitation_id: int) -> Invitation | None:
    """Delete an invitation of an installation and return it, None if it is not there."""
    of = (table.c.installation_id == installation_id, table.c.id == invitation_id)
    row = (await conn.execute(select(table).where(*of))).mappings().first()
    await conn.execute(delete(table).where(*of))
    return None if row is None else read(row)


async def take_up(conn: Connection, person: Person, now: datetime) -> list[Invitation]:
    """Give a person the roles that wait for them, and return what they were; no role becomes less by it.

    A login is GitHub's, an address a provider's; what has ended is deleted, whoever it was for. A repository that moved
    to another installation is nothing that this one can show.
    """
    await conn.execute(delete(table).where(table.c.ends_at <= now))
    mine = table.c.kind == "login" if person.is_of_github else table.c.kind == "email"
    name = person.login if person.is_of_github else person.email
    if not name:
        return []
    query = select(table).where(mine, table.c.name == name.lower()).order_by(table.c.id)
    found = [read(row) for row in (await conn.execute(query)).mappings()]
    for one in found:
        await conn.execute(delete(table).where(table.c.id == one.id))
        if one.repository_id is None:
            await raise_role(conn, person, one, now)
        elif await is_there(conn, one.repository_id, one.installation_id):
            await give_view(
                conn, person.id, one.repository_id, by=one.invited_by, at=now, sees_traffic=one.sees_traffic
            )
    return found


async def raise_role(conn: Connection, person: Person, one: Invitation, now: datetime) -> None:
    """Give a role in an installation, unless the person has a greater one there by now."""
    has = (await roles_of(conn, person.id)).installations.get(one.installation_id, "")
    if RANK.get(one.role, 0) > RANK.get(has, 0):
        role: Literal["admin", "member"] = "admin" if one.role == "admin" else "member"
        await give_role(conn, person.id, one.installation_id, role, by=one.invited_by, at=now)


async def is_there(conn: Connection, repository_id: int, installation_id: int) -> bool:
    """Tell whether a repository is of an installation."""
    query = select(repositories.c.id).where(
        repositories.c.id == repository_id, repositories.c.installation_id == installation_id
    )
    return (await conn.execute(query)).first() is not None


def read(row: RowMapping) -> Invitation:
    """Return a row as a value."""
    return Invitation(**row)
