"""Jobs on PostgreSQL that were given up or that a wrong clock put off, brought back or forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from storage.columns import to_micros
from storage.connection import Connection
from storage.queue_manager import database_time, driver, manager, queue_of
from storage.queue_procrastinate import release

LOCK = """
SELECT k.priority, k.key FROM procrastinate_jobs p JOIN job_keys k ON k.job_id = p.id
WHERE p.id = %s AND p.status = 'failed' FOR UPDATE
"""
ANEW = """
UPDATE job_keys SET attempts = 0, run_at = %s, later = false, created_at = %s, finished_at = NULL, error = NULL,
    leased_until = NULL
WHERE job_id = %s
"""
FORGET = "DELETE FROM procrastinate_jobs WHERE id = ANY(%s) AND status = 'failed' RETURNING id"
DONE = """
UPDATE job_keys SET done = true, error = NULL, body = NULL, finished_at = coalesce(finished_at, created_at)
WHERE job_id = ANY(%s)
"""
LEASED = """
SELECT k.job_id FROM procrastinate_jobs p JOIN job_keys k ON k.job_id = p.id
WHERE p.status = 'doing' AND k.leased_until > %s ORDER BY k.job_id
"""
PUT_BACK = "UPDATE job_keys SET run_at = %s WHERE later AND run_at > %s AND error IS NOT NULL"


async def try_again(conn: Connection, ids: Sequence[int], now: datetime) -> list[str]:
    """Let jobs that were given up wait for their turn anew as if just put; return the keys of those that were."""
    connection = await driver(conn)
    again: list[str] = []
    for job_id in ids:
        dead = await (await connection.execute(LOCK, (job_id,))).fetchone()
        if dead is not None:
            await connection.execute(ANEW, (to_micros(now), to_micros(now), job_id))
            at = await database_time(connection)
            await manager(connection).retry_job_by_id_async(job_id, at, queue=queue_of(dead[0]))
            again.append(dead[1])
    return again


async def forget_dead(conn: Connection, ids: Sequence[int]) -> int:
    """Count jobs that were given up as done and drop what they carry; return how many of these there were."""
    connection = await driver(conn)
    gone = [job_id for (job_id,) in await (await connection.execute(FORGET, (list(ids),))).fetchall()]
    await connection.execute(DONE, (gone,))
    return len(gone)


async def set_right(conn: Connection, now: datetime, far: datetime) -> int:
    """Free jobs that are leased, and bring back jobs that were put back, until later than `far`; return how many."""
    connection = await driver(conn)
    leased = await (await connection.execute(LEASED, (to_micros(far),))).fetchall()
    freed = sum([await release(connection, job_id) for (job_id,) in leased])
    return freed + (await connection.execute(PUT_BACK, (to_micros(now), to_micros(far)))).rowcount
