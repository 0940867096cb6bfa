"""Everybody who has signed in, for who maintains the server; and forgetting those who never come any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, or_, select

from storage.connection import Connection
from storage.schema_access import api_tokens, installation_roles, persons, sessions, viewers
from storage.sessions import Person, read_person


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """Somebody, and how many roles they were given."""

    person: Person
    roles: int


async def list_persons(conn: Connection, search: str, most: int, skip: int) -> tuple[list[ListedPerson], int]:
    """Return those with a text in login, name or address, operators first, then by login; and how many they are."""
    fits = found_by(search)
    count = (await conn.execute(select(func.count()).select_from(persons).where(fits))).scalar_one()
    given = [
        select(func.count()).select_from(table).where(table.c.person_id == persons.c.id).scalar_subquery()
        for table in (installation_roles, viewers)
    ]
    query = select(persons, (given[0] + given[1]).label("roles")).where(fits)
    ordered = query.order_by(persons.c.is_operator.desc(), func.lower(persons.c.login), persons.c.id)
    rows = (await conn.execute(ordered.limit(most).offset(skip))).mappings()
    return [ListedPerson(read_person(row), row["roles"]) for row in rows], int(count)


def found_by(search: str) -> ColumnElement[bool]:
    """Return the condition that a text is in what somebody is called."""
    lowered = search.lower()
    labels = (persons.c.login, persons.c.name, persons.c.email)
    return or_(*(func.lower(func.coalesce(label, "")).contains(lowered, autoescape=True) for label in labels))


async def operators(conn: Connection) -> set[int]:
    """Return the numbers of those who were made operators here."""
    return set((await conn.execute(select(persons.c.id).where(persons.c.is_operator))).scalars())


async def forget_absent(conn: Connection, before: datetime, now: datetime) -> int:
    """Forget people who have not signed in since `before` and have nothing here; return how many.

    Nothing is: no session, no role, no token that a program may still read with; operators stay.
    """
    ties = [table.c.person_id == persons.c.id for table in (sessions, installation_roles, viewers)]
    reading = and_(api_tokens.c.person_id == persons.c.id, api_tokens.c.expires_at > now)
    tied = or_(*(select(1).where(tie).exists() for tie in (*ties, reading)))
    absent = func.coalesce(persons.c.arrived_at, persons.c.created_at) < before
    ids = select(persons.c.id).where(absent, persons.c.is_operator.is_(False), ~tied)
    gone = list((await conn.execute(ids)).scalars())
    for start in range(0, len(gone), 500):
        await conn.execute(delete(persons).where(persons.c.id.in_(gone[start : start + 500])))
    return len(gone)
