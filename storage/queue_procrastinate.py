"""The job engine on PostgreSQL: Procrastinate's tables and functions, and beside each job what Procrastinate lacks.

`job_keys` has the once-only key, the payload, our count of attempts and the lease, by our clock. Both change in one
transaction. What Procrastinate decides is who is next, and that of two jobs with one lock only one runs.

A job that waits for its time lies in the queue `later`, which nobody works: Procrastinate goes by the database's clock
and lets such a job stop the later ones of its lock. `claim` moves what has become due, by our clock, to its queue.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Status
from psycopg import AsyncConnection

from storage.columns import EPOCH, from_micros, to_micros
from storage.connection import Connection
from storage.engine import Store
from storage.job import FARTHEST, LEAST, SOMEBODY_WAITS, Attempt, Job, Worked
from storage.queue_attending import attendance, attending
from storage.queue_behind import let_forgotten_out, put_aside
from storage.queue_ending import bury, changed, extend, finish, retry
from storage.queue_manager import BACKGROUND, LATER, PEOPLE, database_time, driver, manager
from storage.queue_putting import put
from storage.queue_sharing import has_enough, let_stranded_out, park, whose

__all__ = [
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

DUE_AT_ONCE = 500  # jobs that step out of the schedule in one transaction
PROMOTING = 4_217_060_894  # an advisory lock: one process at a time lets jobs step out of the schedule
CLASHES = 3  # how often a claim is tried anew that met another for the same lock

# Until thousands that have just come are counted, PostgreSQL would sort them all at every claim rather than follow the
# index that has them in order.
LOOK = """
SELECT EXISTS (SELECT 1 FROM job_keys WHERE later AND run_at <= %s),
    set_config('enable_sort', 'off', true), set_config('enable_bitmapscan', 'off', true)
"""
MY_TURN = "SELECT pg_try_advisory_xact_lock(%s)"
STEP_OUT = """
WITH due AS (
    SELECT job_id FROM job_keys WHERE later AND run_at <= %s ORDER BY run_at, job_id LIMIT %s FOR UPDATE
), stepped AS (
    UPDATE job_keys k SET later = false FROM due WHERE k.job_id = due.job_id RETURNING k.job_id, k.lock, k.priority
)
UPDATE procrastinate_jobs p SET scheduled_at = NULL, lock = s.lock,
    queue_name = CASE WHEN s.priority >= %s THEN %s ELSE %s END
FROM stepped s WHERE p.id = s.job_id AND p.status = 'todo'
"""
# an operator may have let Procrastinate's shell try a job again that we had given up: then it is not, any more
TAKE = """
UPDATE job_keys SET attempts = attempts + 1, lease = lease + 1, leased_until = %s, finished_at = NULL,
    running_for = %s, parked_for = NULL
WHERE job_id = %s AND NOT done RETURNING kind, key, body, lock, attempts, created_at, lease
"""
EXPIRED = """
SELECT k.job_id FROM procrastinate_jobs p JOIN job_keys k ON k.job_id = p.id
WHERE p.status = 'doing' AND (k.leased_until < %s OR k.leased_until > %s) ORDER BY k.job_id
"""
RECALL = "UPDATE job_keys SET run_at = %s WHERE later AND run_at > %s AND error IS NOT NULL"
RELEASE = "UPDATE job_keys SET leased_until = NULL WHERE job_id = %s AND leased_until IS NOT NULL"
COUNTS = """
SELECT count(*) FILTER (WHERE status = 'todo' AND queue_name = %s),
    count(*) FILTER (WHERE status = 'todo' AND queue_name <> %s),
    count(*) FILTER (WHERE status = 'doing'),
    (SELECT count(*) FROM job_keys WHERE done),
    count(*) FILTER (WHERE status = 'failed')
FROM procrastinate_jobs
"""
READY = """
SELECT 1 FROM procrastinate_jobs p WHERE status = 'todo' AND queue_name = ANY(%s) AND NOT EXISTS (
    SELECT 1 FROM procrastinate_jobs o WHERE o.lock = p.lock AND o.status = 'doing'
) LIMIT 1
"""
SOONEST = "SELECT min(run_at) FROM job_keys WHERE later AND priority >= %s"
FORGET_DONE = """
DELETE FROM job_keys WHERE job_id IN (
    SELECT job_id FROM job_keys WHERE done AND finished_at < %s ORDER BY finished_at LIMIT 10000
)
"""
# a job that was cancelled with Procrastinate's shell is over as well
FORGET_DEAD = """
WITH old AS (
    SELECT p.id FROM procrastinate_jobs p JOIN job_keys k ON k.job_id = p.id
    WHERE p.status NOT IN ('todo', 'doing') AND coalesce(k.finished_at, k.created_at) < %s ORDER BY p.id LIMIT 10000
), gone AS (DELETE FROM procrastinate_jobs USING old WHERE procrastinate_jobs.id = old.id)
DELETE FROM job_keys USING old WHERE job_id = old.id
"""


class Parked:
    """No job, but there may be one after those that were put aside."""


async def claim(store: Store, now: datetime, lease: timedelta, least: int = LEAST) -> Job | None:
    """Take the next job; see `storage.queue.claim`."""
    clashes = 0
    while clashes < CLASHES:
        worker = await attendance(store)
        try:
            taken = await store.write(partial(take, now=now, until=now + lease, least=least, worker=worker.id))
        except UniqueViolation:
            # another took a job of the same lock at the same moment: its transaction came first
            clashes += 1
        except ConnectorException as error:
            if not worker.forgotten(error):
                raise
            clashes += 1
        else:
            if not isinstance(taken, Parked):
                return taken
    return None


async def claim_some(
    store: Store,
    now: datetime,
    lease: timedelta,
    least: int,
    *,
    most: int,  # noqa: ARG001 - as the other engine has it
    of: Collection[str],  # noqa: ARG001 - as the other engine has it
) -> list[Job]:
    """Take the next job: Procrastinate gives one at a time; see `storage.queue.claim_some`."""
    job = await claim(store, now, lease, least)
    return [] if job is None else [job]


async def work_off(
    store: Store,  # noqa: ARG001 - as the other engine has it
    claimed: Sequence[Job],
    attempt: Attempt,  # noqa: ARG001 - as the other engine has it
    now: datetime,  # noqa: ARG001 - as the other engine has it
    room: int,  # noqa: ARG001 - as the other engine has it
) -> Worked:
    """Leave every job to be run alone; see `storage.queue.work_off`."""
    return Worked(alone=list(claimed))


async def take(conn: Connection, now: datetime, until: datetime, least: int, worker: int) -> Job | Parked | None:
    """Claim the next job inside the caller's transaction, or put an installation's aside that has enough."""
    connection = await driver(conn)
    await step_out(connection, now)
    while True:
        fetched = await manager(connection).fetch_job(queues(least), worker)
        if fetched is None:
            return None
        assert fetched.id is not None, "what is stored has a number"
        installation = await whose(connection, fetched.lock) if fetched.queue == BACKGROUND else None
        if installation is not None and await has_enough(connection, installation):
            await park(connection, installation, fetched.id, fetched.lock)
            # the next one may be another installation's: who waits for its turn there must not keep this one's
            return Parked()
        row = await (await connection.execute(TAKE, (to_micros(until), installation, fetched.id))).fetchone()
        if row is not None:
            kind, key, body, lock, attempts, created_at, number = row
            await put_aside(connection, lock)
            return Job(fetched.id, kind, key, body, lock, attempts, from_micros(created_at), number)
        # deferred by somebody who is not Almanac: nothing here runs it
        await manager(connection).finish_job_by_id_async(fetched.id, Status.FAILED, delete_job=False)


def queues(least: int) -> list[str]:
    """Return the queues in which jobs of at least this priority lie."""
    if least == LEAST:
        return [PEOPLE, BACKGROUND]
    if least == SOMEBODY_WAITS:
        return [PEOPLE]
    raise ValueError(f"the queues part at priority {SOMEBODY_WAITS}, not at {least}")


async def step_out(connection: AsyncConnection[Any], now: datetime) -> None:
    """Let jobs whose time has come, by our clock, wait for their turn; those due longest first."""
    micros = to_micros(now)
    row = await (await connection.execute(LOOK, (micros,))).fetchone()
    assert row is not None, "a SELECT without FROM has one row"
    if not row[0]:
        return
    turn = await (await connection.execute(MY_TURN, (PROMOTING,))).fetchone()
    if turn is not None and turn[0]:
        await connection.execute(STEP_OUT, (micros, DUE_AT_ONCE, SOMEBODY_WAITS, PEOPLE, BACKGROUND))


async def release_expired(store: Store, now: datetime) -> int:
    """Free jobs whose lease ran out, and those of workers whose heart has stopped; see `storage.queue`."""
    worker = await attendance(store)
    moment, far = to_micros(now), to_micros(now + FARTHEST)

    async def work(conn: Connection) -> int:
        connection = await driver(conn)
        await connection.execute(RECALL, (moment, far))
        ids = [job_id for (job_id,) in await (await connection.execute(EXPIRED, (moment, far))).fetchall()]
        ids += [each for each in await worker.stalled(manager(connection)) if each not in ids]
        return sum([await release(connection, job_id) for job_id in ids])

    freed = await store.write(work)
    await let_stranded_out(store)
    await let_forgotten_out(store)
    return freed


async def release(connection: AsyncConnection[Any], job_id: int) -> bool:
    """Let a job that is being run wait again at once; False if somebody else has done so."""
    if not await changed(connection, RELEASE, job_id):
        return False
    await manager(connection).retry_job_by_id_async(job_id, await database_time(connection))
    return True


async def counts(conn: Connection) -> dict[str, int]:
    """Return how many jobs are in each state; see `storage.queue.counts`."""
    row = await (await (await driver(conn)).execute(COUNTS, (LATER, LATER))).fetchone()
    assert row is not None, "a count without groups has one row"
    return dict(zip(("scheduled", "waiting", "running", "done", "dead"), row, strict=True))


async def next_due(conn: Connection, least: int = LEAST) -> datetime | None:
    """Return when the next job can be claimed; see `storage.queue.next_due`."""
    connection = await driver(conn)
    if await (await connection.execute(READY, (queues(least),))).fetchone() is not None:
        return EPOCH
    soonest = await (await connection.execute(SOONEST, (least,))).fetchone()
    return None if soonest is None or soonest[0] is None else from_micros(soonest[0])


async def prune(store: Store, before: datetime) -> int:
    """Forget jobs that ended before `before`; see `storage.queue.prune`."""

    async def work(conn: Connection) -> int:
        connection = await driver(conn)
        micros = to_micros(before)
        return sum(
            [(await connection.execute(statement, (micros,))).rowcount for statement in (FORGET_DONE, FORGET_DEAD)]
        )

    return await store.write(work)
