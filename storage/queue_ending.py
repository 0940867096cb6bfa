"""How a job that runs goes on or ends on PostgreSQL: held longer, done, given up or put back, with its row beside it.

Each is one transaction, and none changes a job whose lease has gone to somebody else.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from procrastinate.jobs import Status
from psycopg import AsyncConnection

from storage.columns import to_micros
from storage.connection import Connection
from storage.engine import Store
from storage.job import Job
from storage.queue_behind import let_out
from storage.queue_manager import LATER, driver, lock_until_due, manager
from storage.queue_sharing import ended

EXTEND = "UPDATE job_keys SET leased_until = %s WHERE job_id = %s AND lease = %s AND leased_until IS NOT NULL"
FINISH = """
UPDATE job_keys SET leased_until = NULL, finished_at = %s, error = NULL, body = NULL, done = true
WHERE job_id = %s AND lease = %s AND leased_until IS NOT NULL
"""
BURY = """
UPDATE job_keys SET leased_until = NULL, finished_at = %s, error = %s
WHERE job_id = %s AND lease = %s AND leased_until IS NOT NULL
"""
RETRY = """
UPDATE job_keys SET leased_until = NULL, run_at = %s, later = true, error = %s, attempts = attempts - %s
WHERE job_id = %s AND lease = %s AND leased_until IS NOT NULL
"""


async def extend(store: Store, job: Job, now: datetime, lease: timedelta) -> bool:
    """Hold the job longer; see `storage.queue.extend`."""

    async def work(conn: Connection) -> bool:
        return await changed(await driver(conn), EXTEND, to_micros(now + lease), job.id, job.lease)

    return await store.write(work)


async def finish(store: Store, job: Job, now: datetime) -> bool:
    """Mark the job done: Procrastinate forgets it, its key stays; see `storage.queue.finish`."""

    async def work(conn: Connection) -> bool:
        connection = await driver(conn)
        if not await changed(connection, FINISH, to_micros(now), job.id, job.lease):
            return False
        await manager(connection).finish_job_by_id_async(job.id, Status.SUCCEEDED, delete_job=True)
        await ended(connection, job.id)
        await let_out(connection, job.lock)
        return True

    return await store.write(work)


async def bury(store: Store, job: Job, now: datetime, error: str) -> bool:
    """Give the job up: Procrastinate has it as failed; see `storage.queue.bury`."""

    async def work(conn: Connection) -> bool:
        connection = await driver(conn)
        if not await changed(connection, BURY, to_micros(now), clean(error), job.id, job.lease):
            return False
        await manager(connection).finish_job_by_id_async(job.id, Status.FAILED, delete_job=False)
        await ended(connection, job.id)
        await let_out(connection, job.lock)
        return True

    return await store.write(work)


async def retry(store: Store, job: Job, run_at: datetime, error: str, *, counted: bool = True) -> bool:
    """Put the job back; see `storage.queue.retry`."""

    async def work(conn: Connection) -> bool:
        connection = await driver(conn)
        back = 0 if counted else 1
        if not await changed(connection, RETRY, to_micros(run_at), clean(error), back, job.id, job.lease):
            return False
        await manager(connection).retry_job_by_id_async(job.id, run_at, queue=LATER, lock=lock_until_due(job.lock))
        await ended(connection, job.id)
        await let_out(connection, job.lock)
        return True

    return await store.write(work)


async def changed(connection: AsyncConnection[Any], statement: str, *values: Any) -> bool:
    """Execute a statement that changes one row or none; return whether it did."""
    return (await connection.execute(statement.encode(), values)).rowcount == 1


def clean(error: str) -> str:
    """Return a reason without what PostgreSQL's texts cannot hold: zero bytes, and halves of characters."""
    return error.replace("\0", "").encode(errors="replace").decode()
