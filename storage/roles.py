"""The roles that people were given here, beside whatever GitHub lets them see.

An operator sees and maintains everything; an installation's admin manages its repositories, schedules and people; its
member sees all of it; a viewer sees single repositories.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sqlalchemy import bindparam, delete, exists, select, update

from storage.connection import Connection
from storage.schema_access import installation_roles, persons, user_tokens, viewers
from storage.sessions import Person, read_person
from storage.upsert import upsert

Role = Literal["admin", "member"]


@dataclass(frozen=True, slots=True)
class Roles:
    """What one person was given: a role by installation, and single repositories with whether their traffic shows.

    has_token: whether what GitHub gave for them is still kept; without it, GitHub's last word counts no more.
    """

    is_operator: bool = False
    installations: Mapping[int, Role] = field(default_factory=dict)
    repositories: Mapping[int, bool] = field(default_factory=dict)
    has_token: bool = False


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody with a role in one installation. role: admin, member, or viewer of `repository_id`."""

    person: Person
    role: str
    granted_by: str
    granted_at: datetime
    repository_id: int | None = None
    sees_traffic: bool = True


# made once: every page asks
OPERATOR = select(
    persons.c.is_operator, exists().where(user_tokens.c.person_id == persons.c.id).label("has_token")
).where(persons.c.id == bindparam("of"))
GIVEN = select(installation_roles.c.installation_id, installation_roles.c.role).where(
    installation_roles.c.person_id == bindparam("of")
)
SINGLE = select(viewers.c.repository_id, viewers.c.sees_traffic).where(viewers.c.person_id == bindparam("of"))


async def roles_of(conn: Connection, person_id: int) -> Roles:
    """Return everything a person was given; nothing for a number that is nobody's."""
    of = {"of": person_id}
    who = (await conn.execute(OPERATOR, of)).first()
    given = await conn.execute(GIVEN, of)
    single = await conn.execute(SINGLE, of)
    return Roles(
        who is not None and who.is_operator,
        {row.installation_id: row.role for row in given},
        {row.repository_id: row.sees_traffic for row in single},
        who is not None and who.has_token,
    )


async def set_operator(conn: Connection, person_id: int, *, is_operator: bool) -> None:
    """Make a person an operator, or one no more."""
    await conn.execute(update(persons).where(persons.c.id == person_id).values(is_operator=is_operator))


async def give_role(
    conn: Connection, person_id: int, installation_id: int, role: Role, *, by: str, at: datetime
) -> None:
    """Give a person a role in an installation, in place of the one they had."""
    row = {"person_id": person_id, "installation_id": installation_id, "role": role}
    keys = ["person_id", "installation_id"]
    await upsert(conn, installation_roles, keys, [{**row, "granted_by": by, "granted_at": at}])


async def take_role(conn: Connection, person_id: int, installation_id: int) -> None:
    """Take a person's role in an installation."""
    table = installation_roles
    await conn.execute(delete(table).where(table.c.person_id == person_id, table.c.installation_id == installation_id))


async def give_view(
    conn: Connection, person_id: int, repository_id: int, *, by: str, at: datetime, sees_traffic: bool = False
) -> None:
    """Let a person see one repository, with its traffic or without."""
    row = {"person_id": person_id, "repository_id": repository_id, "sees_traffic": sees_traffic}
    await upsert(conn, viewers, ["person_id", "repository_id"], [{**row, "granted_by": by, "granted_at": at}])


async def take_view(conn: Connection, person_id: int, repository_id: int) -> None:
    """Let a person see one repository no more, as far as that was given here."""
    await conn.execute(
        delete(viewers).where(viewers.c.person_id == person_id, viewers.c.repository_id == repository_id)
    )


async def end_views(conn: Connection, repository_ids: Collection[int]) -> None:
    """Let nobody see these repositories any more by what was given here."""
    await conn.execute(delete(viewers).where(viewers.c.repository_id.in_(list(repository_ids))))


async def holders(conn: Connection, installation_id: int) -> list[Holder]:
    """Return who was given something in an installation, by login: roles first, then single repositories."""
    from storage.schema import repositories  # noqa: PLC0415 - only whoever looks after people needs it

    table = installation_roles
    query = select(persons, table.c.role, table.c.granted_by, table.c.granted_at)
    joined = query.join(table, table.c.person_id == persons.c.id).where(table.c.installation_id == installation_id)
    rows = (await conn.execute(joined.order_by(persons.c.login))).mappings()
    found = [Holder(read_person(row), row["role"], row["granted_by"], row["granted_at"]) for row in rows]
    columns = (viewers.c.repository_id, viewers.c.sees_traffic, viewers.c.granted_by, viewers.c.granted_at)
    single = (
        select(persons, *columns)
        .join(viewers, viewers.c.person_id == persons.c.id)
        .join(repositories, repositories.c.id == viewers.c.repository_id)
        .where(repositories.c.installation_id == installation_id)
        .order_by(persons.c.login, viewers.c.repository_id)
    )
    for row in (await conn.execute(single)).mappings():
        who = read_person(row)
        found.append(
            Holder(who, "viewer", row["granted_by"], row["granted_at"], row["repository_id"], row["sees_traffic"])
        )
    return found
