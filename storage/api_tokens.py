"""The tokens with which a person's programs read: known by a hash, with a scope and an end."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from sqlalchemy import RowMapping, delete, func, select, update

from storage.connection import Connection
from storage.schema_access import api_tokens as table
from storage.schema_access import persons
from storage.sessions import Person, read_person
from storage.upsert import insert

Scope = Literal["read:metrics", "read:data", "read:traffic"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
LONGEST = timedelta(days=365)
LISTED = timedelta(days=30)
"""So long after its end a token still stands in its owner's list."""


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token as it may be shown. last_used_at: to some minutes, None if it never was."""

    id: int
    person_id: int
    name: str
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None

    def is_live(self, at: datetime) -> bool:
        return at < self.expires_at


COLUMNS = tuple(table.c[name] for name in ApiToken.__slots__)


async def make_token(
    conn: Connection,
    digest: bytes,
    person_id: int,
    name: str,
    scopes: Collection[Scope],
    *,
    at: datetime,
    expires_at: datetime,
) -> ApiToken:
    """Keep a new token by its hash; raises ValueError for one without a scope, or with an end that cannot be.

    Those of the person that ended long ago go.
    """
    if not scopes or not at < expires_at <= at + LONGEST:
        raise ValueError("a token has a scope, and ends within a year")
    await conn.execute(delete(table).where(table.c.person_id == person_id, table.c.expires_at < at - LISTED))
    row = {
        "person_id": person_id,
        "name": name,
        "hash": digest,
        "scopes": " ".join(one for one in SCOPES if one in scopes),
        "created_at": at,
        "expires_at": expires_at,
    }
    await conn.execute(insert(conn, table), row)
    return read((await conn.execute(select(*COLUMNS).where(table.c.hash == digest))).mappings().one())


async def tokens_of(conn: Connection, person_id: int) -> list[ApiToken]:
    """Return a person's tokens, the newest first; those that have ended, too."""
    query = (
        select(*COLUMNS).where(table.c.person_id == person_id).order_by(table.c.created_at.desc(), table.c.id.desc())
    )
    return [read(row) for row in (await conn.execute(query)).mappings()]


async def live_tokens(conn: Connection, person_id: int, at: datetime) -> int:
    """Return how many tokens of a person have not ended."""
    live = select(func.count()).select_from(table).where(table.c.person_id == person_id, table.c.expires_at > at)
    return int((await conn.execute(live)).scalar_one())


async def token_with(conn: Connection, digest: bytes, at: datetime) -> tuple[ApiToken, Person] | None:
    """Return the token with this hash and whose it is; None where there is none, or it has ended."""
    labels = [column.label(f"token_{column.name}") for column in COLUMNS]
    query = select(persons, *labels).join(table, table.c.person_id == persons.c.id)
    row = (await conn.execute(query.where(table.c.hash == digest, table.c.expires_at > at))).mappings().first()
    return None if row is None else (read(row, "token_"), read_person(row))


async def note_used(conn: Connection, token_id: int, at: datetime) -> None:
    """Note that a token was used."""
    await conn.execute(update(table).where(table.c.id == token_id).values(last_used_at=at))


async def end_token(conn: Connection, token_id: int, person_id: int) -> bool:
    """End a token; return False where the person has no such token.

    What GitHub gave the person stays for the session from which this is done, and goes when that ends.
    """
    mine = delete(table).where(table.c.id == token_id, table.c.person_id == person_id)
    return (await conn.execute(mine)).rowcount == 1


async def end_tokens(conn: Connection, person_id: int) -> int:
    """End every token of a person, those listed that had ended, too; return how many they were.

    What GitHub gave the person goes with their last session, so sessions are ended after tokens.
    """
    return (await conn.execute(delete(table).where(table.c.person_id == person_id))).rowcount


def read(row: RowMapping, before: str = "") -> ApiToken:
    """Return a row as a value."""
    values = {name: row[f"{before}{name}"] for name in ApiToken.__slots__}
    return ApiToken(**{**values, "scopes": frozenset(values["scopes"].split())})
