"""Putting jobs on PostgreSQL: their keys into our table, the jobs into Procrastinate's, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from procrastinate.jobs import Job as Deferred
from psycopg import AsyncConnection

from storage.columns import to_micros
from storage.connection import Connection
from storage.job import NewJob
from storage.queue_manager import LATER, database_time, driver, lock_until_due, manager, queue_of

CHUNK = 500  # jobs in one statement

KNOWN = "SELECT kind, key FROM job_keys WHERE (kind, key) IN (SELECT * FROM unnest(%s::text[], %s::text[]))"
INSERT = """
INSERT INTO job_keys (job_id, kind, key, lock, priority, run_at, later, created_at, body)
SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::int[], %s::bigint[], %s::bool[],
    %s::bigint[], %b::bytea[])
ON CONFLICT (kind, key) DO NOTHING RETURNING job_id, kind, key
"""


async def put(conn: Connection, new: Iterable[NewJob], now: datetime) -> int:
    """Put jobs that are not there yet by (kind, key); see `storage.queue.put`."""
    return len(await place(conn, [(job, now) for job in new], now))


async def place(conn: Connection, new: Sequence[tuple[NewJob, datetime]], now: datetime) -> set[tuple[str, str]]:
    """Put jobs, each with the time at which it is said to have been put; return kind and key of those that were new."""
    first: dict[tuple[str, str], tuple[NewJob, datetime]] = {}
    for job, created_at in new:
        first.setdefault((job.kind, job.key), (job, created_at))
    connection = await driver(conn)
    placed: set[tuple[str, str]] = set()
    names = list(first)
    for start in range(0, len(names), CHUNK):
        some = names[start : start + CHUNK]
        known = await connection.execute(KNOWN, ([kind for kind, _ in some], [key for _, key in some]))
        there = set(await known.fetchall())
        fresh = [first[name] for name in some if name not in there]
        if fresh:
            placed |= await defer(connection, fresh, now)
    return placed


async def defer(
    connection: AsyncConnection[Any], new: Sequence[tuple[NewJob, datetime]], now: datetime
) -> set[tuple[str, str]]:
    """Defer jobs that were not there a moment ago; return those that nobody else has put meanwhile.

    The keys decide, and a clash of keys fails no statement: the caller's transaction goes on.
    """
    their_now = await database_time(connection) if any(is_later(job, now) for job, _ in new) else now
    deferred = await manager(connection).batch_defer_jobs_async([as_deferred(job, now, their_now) for job, _ in new])
    rows = [
        (each.id, job.kind, job.key, job.lock, job.priority, to_micros(job.run_at or now), is_later(job, now),
         to_micros(created_at), job.payload)
        for each, (job, created_at) in zip(deferred, new, strict=True)
    ]  # fmt: skip
    rows.sort(key=lambda row: row[1:3])  # two who put the same keys wait for each other in the same order
    inserted = await connection.execute(INSERT, [list(column) for column in zip(*rows, strict=True)])
    kept = await inserted.fetchall()
    for lost in {row[0] for row in rows} - {job_id for job_id, _, _ in kept}:
        assert lost is not None, "what was deferred has a number"
        await manager(connection).cancel_job_by_id_async(lost, delete_job=True)
    return {(kind, key) for _, kind, key in kept}


def is_later(job: NewJob, now: datetime) -> bool:
    """Tell whether the job waits for its time."""
    return job.run_at is not None and job.run_at > now


def as_deferred(job: NewJob, now: datetime, their_now: datetime) -> Deferred:
    """Return the job as Procrastinate has it; its arguments only tell whoever looks which job it is."""
    later = job.run_at is not None and job.run_at > now
    return Deferred(
        queue=LATER if later else queue_of(job.priority),
        priority=job.priority,
        lock=lock_until_due(job.lock) if later else job.lock,
        queueing_lock=None,
        task_name=job.kind,
        task_kwargs={"key": job.key},
        scheduled_at=their_now + (job.run_at - now) if later and job.run_at else None,
    )
