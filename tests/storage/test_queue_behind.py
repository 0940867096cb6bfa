"""Thousands of jobs that wait on PostgreSQL cost whoever claims one next to nothing, and keep their order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from storage import queue
from storage.connection import Connection
from storage.engine import Store
from storage.queue import Job, NewJob
from storage.queue_attending import attendance
from storage.queue_manager import driver
from storage.queue_procrastinate import take
from tests.storage.test_queue_procrastinate import NOW, job, put, store

__all__ = ["store"]

MANY = 3_000
AFTER = NOW + timedelta(seconds=30)
READ = """
SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)
FROM pg_stat_xact_user_tables WHERE relname = 'procrastinate_jobs'
"""
CANCEL = "SELECT procrastinate_cancel_job_v1(id, false, false) FROM procrastinate_jobs WHERE args->>'key' = %s"


@pytest.fixture
async def worker(store: Store) -> int:
    """The number of a worker that Procrastinate knows."""
    return (await attendance(store)).id


async def claim(store: Store, now: datetime = NOW) -> Job | None:
    return await queue.claim(store, now, timedelta(minutes=2))


async def claimed(store: Store, key: str, now: datetime = NOW) -> Job:
    """Claim the one job that may run, and nothing beside it."""
    found = await claim(store, now)
    assert found is not None
    assert found.key == key
    assert await claim(store, now) is None
    return found


async def rows_read(store: Store, worker: int) -> int:
    """Claim a job; return how many rows of Procrastinate's table that took."""

    async def so_far(conn: Connection) -> int:
        row = await (await (await driver(conn)).execute(READ)).fetchone()
        return 0 if row is None else int(row[0])

    async def work(conn: Connection) -> int:
        before = await so_far(conn)
        assert isinstance(await take(conn, NOW, NOW, queue.LEAST, worker), Job)
        return await so_far(conn) - before

    return await store.write(work)


async def many(store: Store, locks: int) -> None:
    """Put jobs that PostgreSQL has not counted yet, as after a burst."""
    await put(store, *(job(f"{number}", f"repository:{number % locks}") for number in range(MANY)))


async def test_a_claim_among_thousands_that_have_just_come_reads_a_few_of_them(store: Store, worker: int) -> None:
    await many(store, locks=MANY)
    assert await rows_read(store, worker) < 10


async def test_who_waits_for_a_lock_is_looked_at_once(store: Store, worker: int) -> None:
    """The first claims put them aside, and whoever comes for something else does not meet them any more."""
    await many(store, locks=1)
    for _ in range(MANY // 1_000 + 1):
        taken = await claim(store)
        assert taken is not None
        await queue.finish(store, taken, NOW)
    assert await claim(store) is not None
    await put(store, job("another", "repository:another"))
    assert await rows_read(store, worker) < 10


async def test_the_best_comes_first_whenever_it_came(store: Store) -> None:
    """By priority, then by age; none runs beside another of its lock."""
    waiting = [("first", 5), ("second", 5), ("urgent", 9), ("some day", 1)]
    await put(store, *(job(name, "repository:7", priority) for name, priority in waiting))
    running = await claimed(store, "urgent")
    await put(store, job("more urgent", "repository:7", 9), job("third", "repository:7"))
    for following in ("more urgent", "first", "second", "third", "some day"):
        assert await queue.finish(store, running, NOW)
        running = await claimed(store, following)
    assert await queue.finish(store, running, NOW)
    assert await claim(store) is None


async def test_whoever_is_put_back_or_given_up_lets_the_next_one_go(store: Store) -> None:
    await put(store, *(job(name, "repository:7") for name in ("unlucky", "hopeless", "other")))
    assert await queue.retry(store, await claimed(store, "unlucky"), AFTER, "GitHub was away")
    assert await queue.bury(store, await claimed(store, "hopeless"), NOW, "no such thing")
    assert await queue.finish(store, await claimed(store, "other"), NOW)
    await claimed(store, "unlucky", AFTER)


async def test_who_waits_behind_a_job_that_an_operator_cancelled_is_found(store: Store) -> None:
    """Procrastinate's shell knows nothing of who waits behind."""
    await put(store, *(job(name, "repository:7") for name in ("first", "second", "third")))
    await queue.finish(store, await claimed(store, "first"), NOW)

    async def cancel(conn: Connection) -> None:
        await (await driver(conn)).execute(CANCEL, ("second",))

    await store.write(cancel)
    assert await claim(store) is None
    await queue.release_expired(store, datetime.now(UTC))
    await claimed(store, "third")


async def test_those_behind_are_counted_as_waiting_and_are_not_due(store: Store) -> None:
    await put(store, *(NewJob("sync", name, b"", "repository:7", 5) for name in ("first", "second")))
    await claimed(store, "first")
    counts = await store.read(queue.counts)
    assert (counts["waiting"], counts["running"]) == (1, 1)
    assert await store.read(queue.next_due) is None
