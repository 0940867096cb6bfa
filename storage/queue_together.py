"""Several jobs in one transaction: claimed together, and ended together where nothing is awaited. For SQLite.

A commit costs more than most deliveries do. So whoever claims one takes others that are ready with it, and what awaits
nothing but the database is done in the transaction that ends it: both are kept, or neither. Of each lock one job is
claimed, which keeps everybody else from that lock. Those behind it follow in their order, without claims of their own;
so where one of them kills its process, it is its leader's attempts that are counted. Only what was never tried before
leads or follows: the leader is then run alone, is done, and leaves its place to the next.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import RowMapping, Select, bindparam, delete, exists, func, select, text, update
from sqlalchemy.sql.dml import ReturningUpdate

from storage.connection import Connection
from storage.engine import Store
from storage.job import SOMEBODY_WAITS, Attempt, Job, Worked
from storage.lanes import in_state, of_lane, promote_due, settle
from storage.schema_jobs import jobs, payloads

SLICE = 0.005  # seconds spent on one transaction: as long as the event loop does nothing else
LARGEST = 100_000  # bytes of a payload as it is stored; GitHub's bodies are a few kilobytes, and may have 25 MiB

log = structlog.get_logger(__name__)

NAMES = ("id", "kind", "key", "lock", "attempts", "created_at", "lease")
COLUMNS = tuple(jobs.c[name] for name in NAMES)
UNTIL = bindparam("until", type_=jobs.c.leased_until.type)
FINISHED = bindparam("finished", type_=jobs.c.finished_at.type)

READY = select(jobs.c.id).where(in_state("ready"), jobs.c.priority >= bindparam("least"))
NEXT = READY.order_by(jobs.c.priority.desc(), jobs.c.id).limit(1)
SMALL = exists().where(payloads.c.job_id == jobs.c.id, func.length(payloads.c.body) <= LARGEST)
OTHERS = (
    READY.where(jobs.c.kind == bindparam("of_kind"), jobs.c.attempts == 0, SMALL)
    .order_by(jobs.c.priority.desc(), jobs.c.id)
    .limit(bindparam("most"))
)
BODY = select(payloads.c.body).where(payloads.c.job_id == bindparam("of_job"))
BEHIND = (
    select(*COLUMNS, SMALL.label("is_small"))
    .where(in_state("waiting"), of_lane)
    .order_by(jobs.c.priority.desc(), jobs.c.id)
    .limit(1)
)


def leasing(which: Select[tuple[int]]) -> ReturningUpdate[Any]:
    """Return the statement that claims these ready jobs."""
    return (
        update(jobs)
        .where(jobs.c.id.in_(which.scalar_subquery()), in_state("ready"))
        .values(state="running", attempts=jobs.c.attempts + 1, lease=jobs.c.lease + 1, leased_until=UNTIL)
        .returning(*COLUMNS, jobs.c.priority)
    )


LEASE_NEXT, LEASE_OTHERS = leasing(NEXT), leasing(OTHERS)
THIS = jobs.c.id == bindparam("this")
HELD = (THIS, jobs.c.lease == bindparam("number"), in_state("running"))
LEADER_DONE = update(jobs).where(*HELD).values(state="done", leased_until=None, finished_at=FINISHED, error=None)
FOLLOWER_DONE = (
    update(jobs).where(THIS, in_state("waiting")).values(state="done", attempts=1, finished_at=FINISHED, error=None)
)
GIVEN_BACK = update(jobs).where(*HELD).values(state="waiting", leased_until=None, attempts=jobs.c.attempts - 1)
DROP = delete(payloads).where(payloads.c.job_id == bindparam("this"))
SAVEPOINT, RELEASE, ROLL_BACK = (text(f"{verb} delivery") for verb in ("SAVEPOINT", "RELEASE", "ROLLBACK TO"))


async def take(
    conn: Connection, now: datetime, until: datetime, least: int, *, most: int, of: Collection[str]
) -> list[Job]:
    """Claim the next job inside the caller's transaction, and with it others of its kind, if that is one of `of`."""
    await promote_due(conn, now)
    rows = (await conn.execute(LEASE_NEXT, {"least": least, "until": until})).mappings().all()
    if most > 1 and rows and rows[0]["kind"] in of and rows[0]["attempts"] == 1:
        given = {"least": SOMEBODY_WAITS, "until": until, "of_kind": rows[0]["kind"], "most": most - 1}
        others = (await conn.execute(LEASE_OTHERS, given)).mappings().all()
        rows = [*rows, *sorted(others, key=lambda row: (-row["priority"], row["id"]))]
    return [job_of(row, await body_of(conn, row)) for row in rows]


async def body_of(conn: Connection, row: RowMapping) -> bytes:
    """Return the payload of a row's job."""
    body: bytes = (await conn.execute(BODY, {"of_job": row["id"]})).scalar_one()
    return body


def job_of(row: RowMapping, body: bytes, **changes: int) -> Job:
    """Return a row as the job that it is."""
    return Job(**{name: row[name] for name in NAMES} | changes, payload=body)


async def work_off(store: Store, claimed: Sequence[Job], attempt: Attempt, now: datetime, room: int) -> Worked:
    """Do what awaits nothing, and what of its kind follows it; see `storage.queue.work_off`."""
    clock = asyncio.get_running_loop().time
    return await store.at_once(lambda conn: work(conn, claimed, attempt, now, room, clock=clock))


async def work(
    conn: Connection, claimed: Sequence[Job], attempt: Attempt, now: datetime, room: int, *, clock: Callable[[], float]
) -> Worked:
    """Work inside the caller's transaction: first on all that were claimed, then on what is behind each, and so on."""
    worked, leaders = Worked(), {job.id for job in claimed}
    queue, until = deque(claimed), clock() + SLICE
    while queue and len(worked.alone) < room and (clock() < until or not worked.done):
        job = queue.popleft()
        if await is_done(conn, job, attempt, now, leads=job.id in leaders):
            worked.done.append(job)
            queue.extend(await behind(conn, job))
        elif job.id in leaders:
            worked.alone.append(job)
    for job in queue:
        if job.id in leaders:
            await conn.execute(GIVEN_BACK, {"this": job.id, "number": job.lease})
    await settle(conn, {job.lock for job in claimed})
    return worked


async def is_done(conn: Connection, job: Job, attempt: Attempt, now: datetime, *, leads: bool) -> bool:
    """Do one job and end it, or neither; one that somebody else has taken over meanwhile is left to them."""
    await conn.execute(SAVEPOINT)
    try:
        mark = {"this": job.id, "number": job.lease, "finished": now} if leads else {"this": job.id, "finished": now}
        done = (await conn.execute(LEADER_DONE if leads else FOLLOWER_DONE, mark)).rowcount == 1
        if done:
            await attempt(conn, job)
            await conn.execute(DROP, {"this": job.id})
    except Exception as error:  # noqa: BLE001 - whatever it was, it is tried once more alone, and tells of it then
        log.debug("a job is not done at once", key=job.key, reason=repr(error))
        await conn.execute(ROLL_BACK)
        done = False
    await conn.execute(RELEASE)
    return done


async def behind(conn: Connection, job: Job) -> list[Job]:
    """Return the next job of the same lock, if it is of the same kind, small, and was never tried."""
    if job.lock is None:
        return []
    row = (await conn.execute(BEHIND, {"of": job.lock})).mappings().one_or_none()
    if row is None or row["kind"] != job.kind or row["attempts"] > 0 or not row["is_small"]:
        return []
    return [job_of(row, await body_of(conn, row), attempts=1)]
