"""Analyses with tokens of people's own, as all processes on one PostgreSQL know them; what they mean is the caller's.

One of each person. Whoever reads one beats; one that is silent for long has lost its reader. A row that is deleted is
how every process learns that an analysis was ended.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, cast, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from storage.connection import Connection
from storage.schema_access import sessions
from storage.schema_analyses import analyses as table
from storage.schema_analyses import analysis_parts as parts

OVER = ("done", "failed")
SECOND = 1_000_000  # microseconds
NOW = cast(func.extract("epoch", func.clock_timestamp()) * SECOND, BigInteger)
"""The database's clock: processes beat by one clock, however theirs differ."""


@dataclass(frozen=True, slots=True)
class Shared:
    """An analysis as every process may know it. silent: seconds since the process that reads said that it lives."""

    key: str
    person_id: int
    wanted: str
    state: str
    progress: str
    found: str | None
    begun_at: datetime
    used_at: datetime
    silent: float

    @property
    def is_over(self) -> bool:
        return self.state in OVER


SELECTED = select(
    *(table.c[name] for name in Shared.__slots__ if name != "silent"), (NOW - table.c.beat_at).label("silent")
)


async def begin(  # noqa: PLR0917 - whose, who reads, what is asked, how far, when
    conn: Connection, key: str, person_id: int, server: str, wanted: str, state: str, progress: str, at: datetime
) -> bool:
    """Take a person's one place, in which nothing may be but what is over; return False where something is."""
    await conn.execute(delete(table).where(table.c.person_id == person_id, table.c.state.in_(OVER)))
    row = {
        "key": key, "person_id": person_id, "server": server, "wanted": wanted, "state": state, "progress": progress,
        "begun_at": at, "used_at": at, "beat_at": NOW,
    }  # fmt: skip
    taken = insert(table).values(row).on_conflict_do_nothing(index_elements=["person_id"]).returning(table.c.key)
    return (await conn.execute(taken)).first() is not None


async def say(  # noqa: PLR0917 - which, who says it, and what
    conn: Connection, key: str, server: str, state: str, progress: str, found: str | None = None
) -> bool:
    """Say that whoever reads lives, and how far it is; return False where it is over or forgotten elsewhere."""
    said = {"state": state, "progress": progress, "found": found, "beat_at": NOW}
    mine = (table.c.key == key) & (table.c.server == server) & table.c.state.not_in(OVER)
    return (await conn.execute(update(table).where(mine).values(said).returning(table.c.key))).first() is not None


async def give_up(conn: Connection, key: str, silent: float, progress: str) -> None:
    """Let an analysis end as failed, if nobody has read it for so many seconds."""
    lost = (table.c.key == key) & table.c.state.not_in(OVER) & (NOW - table.c.beat_at > int(silent * SECOND))
    await conn.execute(update(table).where(lost).values(state="failed", progress=progress))


async def note_used(conn: Connection, key: str, at: datetime) -> None:
    """Note that somebody looked."""
    await conn.execute(update(table).where(table.c.key == key).values(used_at=at))


async def of_key(conn: Connection, key: str) -> Shared | None:
    """Return the analysis with this key, or None."""
    return await one(conn, table.c.key == key)


async def of_person(conn: Connection, person_id: int) -> Shared | None:
    """Return the analysis that a person has, or None."""
    return await one(conn, table.c.person_id == person_id)


async def one(conn: Connection, condition: ColumnElement[bool]) -> Shared | None:
    """Return the one analysis of which this is true, or None."""
    row = (await conn.execute(SELECTED.where(condition))).mappings().first()
    if row is None:
        return None
    told: dict[str, Any] = dict(row)
    return Shared(**(told | {"silent": int(told["silent"]) / SECOND}))


async def among(conn: Connection, keys: Collection[str]) -> set[str]:
    """Return those of these keys that are there."""
    return set((await conn.execute(select(table.c.key).where(table.c.key.in_(keys)))).scalars())


async def forget(conn: Connection, key: str) -> None:
    """Delete an analysis with its rows."""
    await conn.execute(delete(table).where(table.c.key == key))


async def prune(conn: Connection, unused_since: datetime) -> None:
    """Delete what was not looked at since then."""
    await conn.execute(delete(table).where(table.c.used_at <= unused_since))


async def forget_of_absent(conn: Connection) -> None:
    """Delete what belongs to somebody who is signed in nowhere."""
    present = select(sessions.c.person_id).where(sessions.c.person_id == table.c.person_id)
    await conn.execute(delete(table).where(~present.exists()))


async def keep_last(conn: Connection, keep: int) -> None:
    """Delete of what is over all but the `keep` last looked at."""
    over = select(table.c.key).where(table.c.state.in_(OVER)).order_by(table.c.used_at.desc(), table.c.key)
    await conn.execute(delete(table).where(table.c.key.in_(over.offset(keep))))


async def put_part(conn: Connection, key: str, number: int, data: bytes) -> bool:
    """Keep a part of an analysis's rows; return False where it was forgotten."""
    # held until the end of the transaction: nobody deletes it between the two
    held = select(table.c.key).where(table.c.key == key).with_for_update(read=True, key_share=True)
    if (await conn.execute(held)).first() is None:
        return False
    await conn.execute(parts.insert(), {"analysis": key, "number": number, "data": data})
    return True


async def drop_parts(conn: Connection, key: str) -> None:
    """Delete an analysis's rows alone."""
    await conn.execute(delete(parts).where(parts.c.analysis == key))


async def part(conn: Connection, key: str, number: int) -> bytes | None:
    """Return a part of an analysis's rows, None after the last."""
    query = select(parts.c.data).where(parts.c.analysis == key, parts.c.number == number)
    found = (await conn.execute(query)).scalar()
    return None if found is None else bytes(found)
