"""Jobs for who maintains the server: how many of each kind there are, which were given up, what becomes of those."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select, update

from storage.connection import Connection
from storage.jobs_seen import being, jobs_in
from storage.lanes import in_state, settle
from storage.schema_jobs import jobs, payloads

ALIVE = ("ready", "waiting", "running", "scheduled")
MOST_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class KindCount:
    """How many jobs of a kind are in a state, and when the oldest of them was put."""

    kind: str
    state: str
    count: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A job that was given up: after how many attempts, when, and why. Its payload stays where it is."""

    id: int
    kind: str
    key: str
    attempts: int
    created_at: datetime
    finished_at: datetime | None
    error: str | None


async def count_kinds(conn: Connection) -> list[KindCount]:
    """Return how many jobs of each kind are alive, and how many were given up; what is done is not counted."""
    found, jobs = [], jobs_in(conn)
    for state in (*ALIVE, "dead"):
        # a state at a time: each has an index of its own, and the thousands that are done are not looked at
        query = select(jobs.c.kind, func.count(), func.min(jobs.c.created_at)).where(being(jobs, state))
        rows = await conn.execute(query.group_by(jobs.c.kind).order_by(jobs.c.kind))
        found += [KindCount(kind, state, count, oldest) for kind, count, oldest in rows]
    return found


async def dead_letters(conn: Connection, most: int, skip: int) -> list[DeadLetter]:
    """Return the jobs that were given up, the latest first."""
    jobs = jobs_in(conn)
    columns = (jobs.c[name] for name in DeadLetter.__slots__)
    query = select(*columns).where(being(jobs, "dead")).order_by(jobs.c.finished_at.desc(), jobs.c.id.desc())
    return [DeadLetter(*row) for row in await conn.execute(query.limit(most).offset(skip))]


async def try_again(conn: Connection, now: datetime, *, job_id: int | None = None, kind: str | None = None) -> int:
    """Let a job that was given up, or those of a kind, wait for their turn anew as if just put; return how many."""
    ids = await chosen(conn, job_id, kind)
    if conn.dialect.name != "sqlite":
        from storage import queue_given_up  # noqa: PLC0415 - the engine not in use is not imported

        return len(await queue_given_up.try_again(conn, ids, now))
    values = {
        "state": "waiting", "attempts": 0, "run_at": now, "created_at": now, "finished_at": None, "error": None,
        "leased_until": None,
    }  # fmt: skip
    again = update(jobs).where(jobs.c.id.in_(ids), in_state("dead")).values(**values).returning(jobs.c.lock)
    locks = (await conn.execute(again)).scalars().all()
    await settle(conn, locks)
    return len(locks)


async def forget_dead(conn: Connection, *, job_id: int | None = None, kind: str | None = None) -> int:
    """Count a job that was given up, or those of a kind, as done and drop what they carry; return how many.

    Their keys stay for a while, so that what GitHub sends again is not taken for something new.
    """
    ids = await chosen(conn, job_id, kind)
    if conn.dialect.name != "sqlite":
        from storage import queue_given_up  # noqa: PLC0415 - as above

        return await queue_given_up.forget_dead(conn, ids)
    done = update(jobs).where(jobs.c.id.in_(ids), in_state("dead")).values(state="done", error=None)
    count = (await conn.execute(done)).rowcount
    await conn.execute(delete(payloads).where(payloads.c.job_id.in_(ids)))
    return count


async def chosen(conn: Connection, job_id: int | None, kind: str | None) -> list[int]:
    """Return the numbers of the jobs that are meant, those that were given up longest ago first."""
    jobs = jobs_in(conn)
    which: ColumnElement[bool] = jobs.c.id == job_id if job_id is not None else jobs.c.kind == kind
    query = select(jobs.c.id).where(being(jobs, "dead"), which).order_by(jobs.c.finished_at, jobs.c.id)
    return list((await conn.execute(query.limit(MOST_AT_ONCE))).scalars())
