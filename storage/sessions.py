"""Who has signed in, and the sessions of their browsers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import RowMapping, bindparam, delete, func, select, update

from storage.connection import Connection
from storage.schema_access import api_tokens, persons, sessions, spent_states, user_tokens
from storage.upsert import insert

GITHUB = "github"
"""The issuer of people who signed in with GitHub."""
LABELS = ("login", "name", "email")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who has signed in, known by `issuer` and `subject`; the other fields are labels.

    subject: GitHub's number of the account, or an OpenID provider's `sub` · email: lower-case, only where the provider
    has verified it · is_operator: was made one here; the settings name others · arrived_at: when they signed in last,
    which is when the labels were true; None where that was never written.
    """

    id: int
    issuer: str
    subject: str
    login: str
    name: str | None
    email: str | None
    is_operator: bool
    created_at: datetime
    arrived_at: datetime | None = None

    @property
    def is_of_github(self) -> bool:
        return self.issuer == GITHUB


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person as whoever signs them in describes them."""

    issuer: str
    subject: str
    login: str
    name: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A browser's session: whose it is, since when, and when it was last used."""

    person: Person
    created_at: datetime
    seen_at: datetime


async def save_person(conn: Connection, person: NewPerson, at: datetime) -> Person:
    """Insert a person or bring their labels up to date; return them as stored."""
    statement = insert(conn, persons)
    row = {**asdict(person), "is_operator": False, "created_at": at, "arrived_at": at}
    taken = {name: statement.excluded[name] for name in (*LABELS, "arrived_at")}
    await conn.execute(statement.on_conflict_do_update(index_elements=["issuer", "subject"], set_=taken), row)
    query = select(persons).where(persons.c.issuer == person.issuer, persons.c.subject == person.subject)
    return read_person((await conn.execute(query)).mappings().one())


async def person(conn: Connection, person_id: int) -> Person | None:
    """Return a person by number, or None."""
    row = (await conn.execute(select(persons).where(persons.c.id == person_id))).mappings().first()
    return None if row is None else read_person(row)


async def persons_called(conn: Connection, name: str, since: datetime) -> list[Person]:
    """Return who has signed in since then with a login at GitHub, or an address that a provider verified, in any case.

    since: a login that was given up is anybody's to take, so an older label says nothing of who has it now.
    """
    lowered = name.lower()
    login = (persons.c.issuer == GITHUB) & (func.lower(persons.c.login) == lowered)
    address = (persons.c.issuer != GITHUB) & (persons.c.email == lowered)
    query = select(persons).where(login | address, persons.c.arrived_at >= since).order_by(persons.c.id)
    return [read_person(row) for row in (await conn.execute(query)).mappings()]


async def all_persons(conn: Connection) -> list[Person]:
    """Return everybody who has signed in, by login."""
    return [read_person(row) for row in (await conn.execute(select(persons).order_by(persons.c.login))).mappings()]


def read_person(row: RowMapping) -> Person:
    """Return a row as a value."""
    return Person(**{name: row[name] for name in Person.__slots__})


async def begin_session(conn: Connection, digest: bytes, person_id: int, at: datetime) -> None:
    """Keep a new session by the hash of what its browser holds."""
    await conn.execute(
        insert(conn, sessions), {"hash": digest, "person_id": person_id, "created_at": at, "seen_at": at}
    )


# made once, as are all statements of this kind: every page asks, and making one costs more than asking
SESSION = (
    select(persons, sessions.c.created_at.label("began_at"), sessions.c.seen_at)
    .join(sessions, sessions.c.person_id == persons.c.id)
    .where(sessions.c.hash == bindparam("of"))
)


async def session(conn: Connection, digest: bytes) -> Session | None:
    """Return the session with this hash and its person, or None."""
    row = (await conn.execute(SESSION, {"of": digest})).mappings().first()
    return None if row is None else Session(read_person(row), row["began_at"], row["seen_at"])


async def note_seen(conn: Connection, digest: bytes, at: datetime) -> None:
    """Note that a session was used."""
    await conn.execute(update(sessions).where(sessions.c.hash == digest).values(seen_at=at))


async def end_session(conn: Connection, digest: bytes, at: datetime) -> None:
    """End one session; with a person's last one, what GitHub gave them goes too."""
    owner = (await conn.execute(select(sessions.c.person_id).where(sessions.c.hash == digest))).scalar()
    await conn.execute(delete(sessions).where(sessions.c.hash == digest))
    if owner is not None:
        await forget_unused_tokens(conn, at, owner)


async def end_sessions(conn: Connection, person_id: int, at: datetime) -> int:
    """End every session of a person and forget what GitHub gave them; return how many sessions there were."""
    ended = (await conn.execute(delete(sessions).where(sessions.c.person_id == person_id))).rowcount
    await forget_unused_tokens(conn, at, person_id)
    return ended


async def forget_unused_tokens(conn: Connection, at: datetime, person_id: int | None = None) -> None:
    """Forget what GitHub gave to whoever has no session left; of everybody, where no person is named.

    A program that reads with a token of theirs needs it, too: GitHub says by it what they may see now.
    """
    present = select(sessions.c.person_id).where(sessions.c.person_id == user_tokens.c.person_id)
    reading = select(api_tokens.c.id).where(
        api_tokens.c.person_id == user_tokens.c.person_id, api_tokens.c.expires_at > at
    )
    unused = delete(user_tokens).where(~present.exists(), ~reading.exists())
    await conn.execute(unused if person_id is None else unused.where(user_tokens.c.person_id == person_id))


async def sweep(
    conn: Connection, at: datetime, *, unseen_since: datetime, begun_before: datetime, spent_before: datetime
) -> None:
    """Delete sessions that were not used since, or began before, these moments, and states spent long ago."""
    over = (sessions.c.seen_at < unseen_since) | (sessions.c.created_at < begun_before)
    await conn.execute(delete(sessions).where(over))
    # not only after a session's end: what only a program needed goes with the end of its token
    await forget_unused_tokens(conn, at)
    await conn.execute(delete(spent_states).where(spent_states.c.at < spent_before))


async def sessions_of(conn: Connection, person_id: int, unseen_since: datetime, begun_before: datetime) -> int:
    """Return how many sessions of a person have not ended."""
    live = (sessions.c.seen_at > unseen_since) & (sessions.c.created_at > begun_before)
    query = select(func.count()).select_from(sessions).where(sessions.c.person_id == person_id, live)
    return int((await conn.execute(query)).scalar_one())


async def signed_in(conn: Connection, people: Collection[int]) -> set[int]:
    """Return those of these people who have a session."""
    query = select(sessions.c.person_id).where(sessions.c.person_id.in_(people)).distinct()
    return set((await conn.execute(query)).scalars())


async def spend_state(conn: Connection, digest: bytes, at: datetime) -> bool:
    """Note that a sign-in's state was used; return False if it had been used before."""
    statement = insert(conn, spent_states).values(hash=digest, at=at).on_conflict_do_nothing(index_elements=["hash"])
    # PostgreSQL's driver counts no rows here
    return (await conn.execute(statement.returning(spent_states.c.hash))).first() is not None
