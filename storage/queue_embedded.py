"""The embedded job engine: jobs in the database, claimed under a lease, one running job per lock.

A job is known by (kind, key) for as long as its row lives, so putting it twice runs it once. A worker that dies keeps
nothing: its lease runs out and `release_expired` gives the job to the next. A worker that merely was slow finds its
lease gone: `finish`, `retry` and the others then change nothing and return False.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Label, Update, delete, func, or_, select, update

from storage.columns import EPOCH
from storage.connection import Connection
from storage.engine import Store
from storage.job import FARTHEST, LEAST, Job, NewJob
from storage.lanes import in_state, settle
from storage.queue_together import NEXT, take, work_off
from storage.schema_jobs import jobs, payloads
from storage.upsert import insert
from storage.wakeup import Wakeup

__all__ = [
    "COUNTS",
    "NEXT",
    "attending",
    "bury",
    "claim",
    "claim_some",
    "counts",
    "extend",
    "finish",
    "next_due",
    "prune",
    "put",
    "release_expired",
    "retry",
    "work_off",
]

STATES = ("scheduled", "waiting", "running", "done", "dead")


async def put(conn: Connection, new: Iterable[NewJob], now: datetime) -> int:
    """Put jobs that are not there yet by (kind, key), done ones included; return how many were new."""
    inserted = 0
    locks: set[str | None] = set()
    for job in new:
        run_at = job.run_at or now
        values = {
            "kind": job.kind,
            "key": job.key,
            "lock": job.lock,
            "priority": job.priority,
            "run_at": run_at,
            "created_at": now,
            "state": "scheduled" if run_at > now else "waiting",
            "attempts": 0,
            "lease": 0,
        }
        statement = insert(conn, jobs).on_conflict_do_nothing(index_elements=["kind", "key"]).returning(jobs.c.id)
        job_id = (await conn.execute(statement, values)).scalar()
        if job_id is not None:
            await conn.execute(payloads.insert(), {"job_id": job_id, "body": job.payload})
            locks.add(job.lock)
            inserted += 1
    await settle(conn, locks)
    return inserted


async def claim(store: Store, now: datetime, lease: timedelta, least: int = LEAST) -> Job | None:
    """Take the next job; see `storage.queue.claim`."""
    claimed = await claim_some(store, now, lease, least)
    return claimed[0] if claimed else None


async def claim_some(
    store: Store, now: datetime, lease: timedelta, least: int = LEAST, *, most: int = 1, of: Collection[str] = ()
) -> list[Job]:
    """Take the next job, and others of the kinds `of` with it; see `storage.queue.claim_some`."""
    due = await store.read(lambda conn: next_due(conn, least))
    if due is None or due > now:
        return []  # so that a worker that looks and finds nothing never takes the write lock
    return await store.at_once(lambda conn: take(conn, now, now + lease, least, most=most, of=of))


def held(job: Job) -> Update:
    """Return an update of the job's row that touches nothing once the lease is lost."""
    return update(jobs).where(jobs.c.id == job.id, jobs.c.lease == job.lease, jobs.c.state == "running")


async def extend(store: Store, job: Job, now: datetime, lease: timedelta) -> bool:
    """Hold the job until `now + lease`; False if the lease was lost."""

    async def work(conn: Connection) -> bool:
        return (await conn.execute(held(job).values(leased_until=now + lease))).rowcount == 1

    return await store.write(work)


async def finish(store: Store, job: Job, now: datetime) -> bool:
    """Mark the job done and drop its payload; its key stays until `prune`. False if the lease was lost."""
    return await leave(store, job, drop=True, state="done", finished_at=now, error=None)


async def bury(store: Store, job: Job, now: datetime, error: str) -> bool:
    """Give the job up and keep it with its payload for a look. False if the lease was lost."""
    return await leave(store, job, state="dead", finished_at=now, error=error)


async def retry(store: Store, job: Job, run_at: datetime, error: str, *, counted: bool = True) -> bool:
    """Put the job back until `run_at`; `counted=False` takes the attempt back (waiting for GitHub is no failure)."""
    attempts = jobs.c.attempts if counted else jobs.c.attempts - 1
    return await leave(store, job, state="scheduled", run_at=run_at, error=error, attempts=attempts)


async def leave(store: Store, job: Job, *, drop: bool = False, **values: Any) -> bool:
    """Move a running job on and let the next of its lock step up."""

    async def work(conn: Connection) -> bool:
        left = await conn.execute(held(job).values(leased_until=None, **values))
        if left.rowcount != 1:
            return False
        if drop:
            await conn.execute(delete(payloads).where(payloads.c.job_id == job.id))
        if job.lock is not None:
            await settle(conn, [job.lock])
        return True

    return await store.write(work)


async def release_expired(store: Store, now: datetime) -> int:
    """Let jobs whose lease ran out wait again; return how many. The attempt stays counted: it may be what killed."""
    far = now + FARTHEST

    async def work(conn: Connection) -> int:
        expired = (
            update(jobs)
            .where(in_state("running"), or_(jobs.c.leased_until < now, jobs.c.leased_until > far))
            .values(state="waiting", leased_until=None)
            .returning(jobs.c.lock)
        )
        locks = (await conn.execute(expired)).scalars().all()
        put_back = in_state("scheduled"), jobs.c.run_at > far, jobs.c.error.is_not(None)
        await conn.execute(update(jobs).where(*put_back).values(run_at=now))
        await settle(conn, locks)
        return len(locks)

    return await store.write(work)


def counting(state: str) -> Label[int]:
    """Return the count of one state's jobs, which reads that state's index alone."""
    return select(func.count()).select_from(jobs).where(in_state(state)).scalar_subquery().label(state)


# deliveries that nobody has given their place yet, see storage.intake
arrived = select(func.count()).select_from(jobs).where(in_state("scheduled"), jobs.c.run_at <= EPOCH)
COUNTS = select(*(counting(state) for state in (*STATES, "ready")), arrived.scalar_subquery().label("arrived"))


async def counts(conn: Connection) -> dict[str, int]:
    """Return how many jobs are scheduled, waiting, running, done and dead; each is there, be it 0."""
    row = (await conn.execute(COUNTS)).mappings().one()
    # which of the waiting jobs is next, and which have not got their place yet, concerns nobody else
    waiting = row["waiting"] + row["ready"] + row["arrived"]
    scheduled = row["scheduled"] - row["arrived"]
    return {state: row[state] for state in STATES} | {"waiting": waiting, "scheduled": scheduled}


async def next_due(conn: Connection, least: int = LEAST) -> datetime | None:
    """Return when the next job can be claimed: a past time if one is ready, None if none waits or all are running.

    Jobs of a lower priority than `least` do not count.
    """
    if (await conn.execute(NEXT, {"least": least})).first() is not None:
        return EPOCH  # its time came once; by a clock that was set back since it may seem to be ahead again
    scheduled = select(func.min(jobs.c.run_at)).where(in_state("scheduled"))
    if least > LEAST:
        scheduled = scheduled.where(jobs.c.priority >= least)
    soonest: datetime | None = (await conn.execute(scheduled)).scalar()
    return soonest


async def prune(store: Store, before: datetime) -> int:
    """Forget jobs that were done or given up before `before`, at most 10,000 of each at a time; return how many.

    Give at least `KEYS_KEPT` of time: with the row goes the knowledge that a delivery was worked on.
    """

    async def work(conn: Connection) -> int:
        forgotten = 0
        for state in ("done", "dead"):
            ended = select(jobs.c.id).where(in_state(state), jobs.c.finished_at < before)
            old = ended.order_by(jobs.c.finished_at).limit(10_000)
            forgotten += (await conn.execute(delete(jobs).where(jobs.c.id.in_(old)))).rowcount
        return forgotten

    return await store.write(work)


def attending(store: Store, wakeup: Wakeup) -> nullcontext[None]:  # noqa: ARG001 - as the other engine has it
    """Return a context that does nothing: jobs are put and worked on by this very process, which rings the bell."""
    return nullcontext()
