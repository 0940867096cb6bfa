"""What a clock that stood wrong left in the queue: times so far ahead that nobody can have meant them."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update

from storage.connection import Connection
from storage.jobs_seen import being, jobs_in
from storage.lanes import in_state, settle
from storage.schema_jobs import jobs

# A lease lasts for minutes, and GitHub's longest limit for an hour: what is put back comes again the same day.
LONGEST = timedelta(days=1)


async def set_right(conn: Connection, now: datetime) -> int:
    """Free jobs that are leased, and bring back jobs that were put back, until more than a day ahead; return how many.

    While the clock stood ahead somebody took a job and died, or GitHub asked for patience: without this its lock, and
    with it every later job of that lock, would wait until that time has really come. Jobs put for a later day are left.
    """
    far = now + LONGEST
    if conn.dialect.name != "sqlite":
        from storage import queue_given_up  # noqa: PLC0415 - the engine not in use is not imported

        return await queue_given_up.set_right(conn, now, far)
    leased = (
        update(jobs)
        .where(in_state("running"), jobs.c.leased_until > far)
        .values(state="waiting", leased_until=None)
        .returning(jobs.c.lock)
    )
    locks = list((await conn.execute(leased)).scalars())
    put_back = update(jobs).where(in_state("scheduled"), jobs.c.run_at > far, jobs.c.error.is_not(None))
    brought = (await conn.execute(put_back.values(run_at=now))).rowcount
    await settle(conn, locks)
    return len(locks) + brought


async def stand_wrong(conn: Connection, now: datetime) -> bool:
    """Tell whether there is anything to set right, without taking the turn of those who write."""
    far, jobs = now + LONGEST, jobs_in(conn)
    leased = select(jobs.c.id).where(being(jobs, "running"), jobs.c.leased_until > far).limit(1)
    put_back = (
        select(jobs.c.id).where(being(jobs, "scheduled"), jobs.c.run_at > far, jobs.c.error.is_not(None)).limit(1)
    )
    return any([(await conn.execute(query)).first() is not None for query in (leased, put_back)])
