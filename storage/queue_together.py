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
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from itertools import takewhile
from typing import Any, cast

import structlog
from sqlalchemy import RowMapping, Select, bindparam, delete, exists, func, select, update
from sqlalchemy.sql.dml import ReturningUpdate, UpdateBase

from storage.connection import Connection
from storage.engine import Store
from storage.glances import Hurried, finished, say
from storage.job import SOMEBODY_WAITS, Attempt, Job, Worked
from storage.lanes import in_state, of_lane, promote_due, settle
from storage.schema_jobs import jobs, payloads

SLICE = 0.02  # seconds spent on one transaction: as long as the event loop does nothing else
LONGEST = 0.03  # seconds that one job may take of it before it is left to be run alone
LARGEST = 100_000  # bytes of a payload as it is stored; GitHub's bodies are a few kilobytes, and may have 25 MiB

log = structlog.get_logger(__name__)

NAMES = ("id", "kind", "key", "lock", "attempts", "created_at", "lease")
COLUMNS = tuple(jobs.c[name] for name in NAMES)
UNTIL = bindparam("until", type_=jobs.c.leased_until.type)
FINISHED = bindparam("finished", type_=jobs.c.finished_at.type)
FOLLOWERS = 4  # of each lock, behind the one that was claimed

READY = select(jobs.c.id).where(in_state("ready"), jobs.c.priority >= bindparam("least"))
NEXT = READY.order_by(jobs.c.priority.desc(), jobs.c.id).limit(1)
SMALL = exists().where(payloads.c.job_id == jobs.c.id, func.length(payloads.c.body) <= LARGEST)
OTHERS = (
    READY.where(jobs.c.kind == bindparam("of_kind"), jobs.c.attempts == 0, SMALL)
    .order_by(jobs.c.priority.desc(), jobs.c.id)
    .limit(bindparam("most"))
)
BODIES = select(payloads.c.job_id, payloads.c.body).where(payloads.c.job_id.in_(bindparam("ids", expanding=True)))
RUNNING = select(jobs.c.id, jobs.c.lease).where(in_state("running"), jobs.c.id.in_(bindparam("ids", expanding=True)))
BEHIND = (
    select(*COLUMNS, SMALL.label("is_small"))
    .where(in_state("waiting"), of_lane)
    .order_by(jobs.c.priority.desc(), jobs.c.id)
    .limit(FOLLOWERS)
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
WITHOUT_PAYLOAD = update(jobs).where(THIS).values(state="dead", leased_until=None, error="its payload is missing")
DROP = delete(payloads).where(payloads.c.job_id == bindparam("this"))


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
    return await jobs_of(conn, rows)


async def jobs_of(conn: Connection, rows: Sequence[RowMapping], **changes: int) -> list[Job]:
    """Return rows as the jobs that they are, with their payloads."""
    found = await conn.execute(BODIES, {"ids": [row["id"] for row in rows]})
    bodies = {row.job_id: row.body for row in found}
    # a job without a payload, as a damaged database may have it, would keep the others from being claimed
    without = [{"this": row["id"]} for row in rows if row["id"] not in bodies]
    await note(conn, WITHOUT_PAYLOAD, without)
    await settle(conn, {row["lock"] for row in rows if row["id"] not in bodies})
    rows = [row for row in rows if row["id"] in bodies]
    return [Job(**{name: row[name] for name in NAMES} | changes, payload=bodies[row["id"]]) for row in rows]


async def work_off(store: Store, claimed: Sequence[Job], attempt: Attempt, now: datetime, room: int) -> Worked:
    """Do what awaits nothing, and what of its kind follows it; see `storage.queue.work_off`."""
    clock = asyncio.get_running_loop().time
    return await store.at_once(lambda conn: work(conn, claimed, attempt, now, room, clock=clock))


async def work(
    conn: Connection, claimed: Sequence[Job], attempt: Attempt, now: datetime, room: int, *, clock: Callable[[], float]
) -> Worked:
    """Work inside the caller's transaction: first on all that were claimed, then on what is behind each, and so on."""
    running = await conn.execute(RUNNING, {"ids": [job.id for job in claimed]})
    held = {row.id: row.lease for row in running}
    worked, until = Worked(), clock() + SLICE
    lanes = deque([job] for job in claimed if held.get(job.id) == job.lease)
    leaders = {job.id for lane in lanes for job in lane}
    while lanes and len(worked.alone) < room and (clock() < until or not worked.done):
        lane = lanes.popleft()
        job = lane.pop(0)
        if len(job.payload) <= LARGEST and is_done(conn, job, attempt, clock):
            worked.done.append(job)
            lane = lane or (await behind(conn, job) if job.id in leaders else [])
            lanes.extend([lane] if lane else [])
        elif job.id in leaders:
            worked.alone.append(job)
    untried = [job for lane in lanes for job in lane if job.id in leaders]
    await note(conn, LEADER_DONE, [mark(job) | {"finished": now} for job in worked.done if job.id in leaders])
    followers = [{"this": job.id, "finished": now} for job in worked.done if job.id not in leaders]
    await note(conn, FOLLOWER_DONE, followers)
    await note(conn, DROP, [{"this": job.id} for job in worked.done])
    await note(conn, GIVEN_BACK, [mark(job) for job in untried])
    await settle(conn, {job.lock for job in claimed})
    return worked


def mark(job: Job) -> dict[str, Any]:
    """Return what tells a claim from any other."""
    return {"this": job.id, "number": job.lease}


async def note(conn: Connection, statement: UpdateBase, rows: Sequence[Mapping[str, Any]]) -> None:
    """Execute a statement for each row; for none it is not executed at all."""
    if rows:
        await conn.execute(statement, rows)


def is_done(conn: Connection, job: Job, attempt: Attempt, clock: Callable[[], float]) -> bool:
    """Do one job and keep what it wrote, or nothing of it."""
    say(conn, "SAVEPOINT job")
    try:
        hurried = Hurried(conn, clock, clock() + LONGEST)
        finished(attempt(cast("Connection", hurried), job))
    except Exception as error:  # noqa: BLE001 - whatever it was, it is tried once more alone, and tells of it then
        log.debug("a job is not done at once", key=job.key, reason=repr(error))
        say(conn, "ROLLBACK TO job")
        return False
    finally:
        say(conn, "RELEASE job")
    return True


async def behind(conn: Connection, job: Job) -> list[Job]:
    """Return the next few jobs of the same lock, as far as they are of the same kind, small, and were never tried."""
    if job.lock is None:
        return []
    rows = (await conn.execute(BEHIND, {"of": job.lock})).mappings()
    fit = takewhile(lambda row: row["kind"] == job.kind and not row["attempts"] and row["is_small"], rows)
    return await jobs_of(conn, list(fit), attempts=1)
