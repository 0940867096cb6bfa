"""Of one installation's background at most two jobs run at a time, whatever processes there are; people's run on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import pytest

from storage import queue
from storage.connection import Connection
from storage.engine import Store
from storage.installations import Repository, save_repository
from storage.queue import Job, NewJob
from storage.queue_manager import driver
from storage.queue_sharing import AT_ONCE, SHARING, room

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
LEASE = timedelta(minutes=2)
BACKGROUND, PEOPLE = 1, 5
MANY = 6  # repositories of the first installation
WAITS = """
SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@pytest.fixture
async def stores(shared: str) -> AsyncIterator[list[Store]]:
    """Two processes' stores on one PostgreSQL, with repositories 1 to `MANY` of installation 1, and 20 to 22 of 2."""

    async def fill(conn: Connection) -> None:
        for number in range(1, MANY + 1):
            await save_repository(conn, Repository(number, 1, "quartz", f"mine-{number}", "public", "main"))
        for number in range(20, 23):
            await save_repository(conn, Repository(number, 2, "basalt", f"pit-{number}", "public", "main"))

    async with AsyncExitStack() as open_ones:
        opened = [await Store.open(shared) for _ in range(2)]
        for store in opened:
            open_ones.push_async_callback(store.close)
        await opened[0].write(fill)
        yield opened


def job(key: str, repository: int, priority: int = BACKGROUND) -> NewJob:
    return NewJob("sync", key, key.encode(), f"repository:{repository}", priority)


async def put(store: Store, *jobs: NewJob) -> None:
    await store.write(lambda conn: queue.put(conn, jobs, NOW))


async def claim(store: Store, now: datetime = NOW) -> Job | None:
    return await queue.claim(store, now, LEASE)


async def names(store: Store) -> list[str]:
    """Claim whatever may run now; return the keys."""
    found = []
    while (claimed := await claim(store)) is not None:
        found.append(claimed.key)
    return found


async def backfill(store: Store) -> None:
    await put(store, *(job(f"history {number}", number) for number in range(1, MANY + 1)))


async def test_one_large_backfill_stops_neither_people_nor_other_installations(stores: list[Store]) -> None:
    one, other = stores
    await backfill(one)
    await put(one, job("elsewhere", 20), job("said", 3, PEOPLE))
    assert await names(other) == ["said", "history 1", "history 2", "elsewhere"]
    assert await names(one) == []
    found = await one.read(queue.counts)
    assert (found["running"], found["waiting"], found["scheduled"]) == (4, MANY - 2, 0)
    assert await one.read(queue.next_due) is None, "nobody looks over and over for what may not run"


async def test_each_that_ends_lets_the_next_one_run_and_all_run_once(stores: list[Store]) -> None:
    one, other = stores
    await backfill(one)
    done: list[str] = []
    running = [each for each in [await claim(one), await claim(other), await claim(one)] if each is not None]
    assert len(running) == AT_ONCE
    while running:
        ends = running.pop(0)
        done.append(ends.key)
        store = stores[len(done) % 2]
        assert await (queue.bury(store, ends, NOW, "no") if len(done) == 2 else queue.finish(store, ends, NOW))
        running += [each for each in [await claim(store), await claim(other)] if each is not None]
        assert len(running) <= AT_ONCE
    assert sorted(done) == sorted(f"history {number}" for number in range(1, MANY + 1))


async def test_those_who_claim_at_the_same_moment_do_not_run_more(stores: list[Store]) -> None:
    await backfill(stores[0])
    claimed = await asyncio.gather(*(claim(stores[n % 2]) for n in range(10)))
    found = [each for each in claimed if each is not None]
    assert len(found) <= AT_ONCE
    found += [each for each in [await claim(stores[0]), await claim(stores[1])] if each is not None]
    assert len(found) == AT_ONCE


async def test_one_that_waits_for_github_gives_its_place_up(stores: list[Store]) -> None:
    one, _ = stores
    await backfill(one)
    first, second = await claim(one), await claim(one)
    assert first is not None
    assert second is not None
    assert await claim(one) is None
    await queue.retry(one, first, NOW + LEASE, "a rate limit", counted=False)
    third = await claim(one)
    assert third is not None
    assert third.key == "history 3"


async def test_a_dead_processes_jobs_give_their_places_up(stores: list[Store]) -> None:
    one, other = stores
    await backfill(one)
    assert len(await names(one)) == AT_ONCE
    later = NOW + 2 * LEASE
    assert await queue.release_expired(other, later) == AT_ONCE
    again = [await claim(other, later) for _ in range(3)]
    assert sum(each is not None for each in again) == AT_ONCE


async def test_what_was_parked_and_forgotten_is_let_out(stores: list[Store]) -> None:
    """As where an older version, which knows nothing of it, ended what ran."""
    one, _ = stores
    await backfill(one)
    await names(one)
    await one.write(lambda conn: conn.exec_driver_sql("UPDATE job_keys SET leased_until = NULL, done = true "
                                                      "WHERE running_for IS NOT NULL"))  # fmt: skip
    assert await claim(one) is None
    await queue.release_expired(one, NOW)
    assert await names(one) == ["history 3", "history 4"]


async def test_who_waits_to_count_one_installations_jobs_keeps_nobody_from_anothers(stores: list[Store]) -> None:
    """Two who each held one and waited for the other would never go on."""
    one, other = stores
    await backfill(one)
    await put(
        one, *(NewJob("sync", f"pit {number}", b"", f"repository:{20 + number}", BACKGROUND) for number in range(3))
    )
    assert len(await names(one)) == 2 * AT_ONCE
    await put(one, job("mine", 5), job("theirs", 22))

    async def claimed_meanwhile(conn: Connection) -> asyncio.Task[Job | None]:
        """Hold the second's turn until somebody waits for it who has put jobs of the first aside."""
        await room(await driver(conn), 2)
        claiming = asyncio.create_task(claim(one))
        async with asyncio.timeout(10):
            while not (await conn.exec_driver_sql(WAITS)).scalar():  # noqa: ASYNC110 - the server tells nobody
                await asyncio.sleep(0.01)
        free = await conn.exec_driver_sql("SELECT pg_try_advisory_xact_lock(%s, hashint8(1))", (SHARING,))
        assert free.scalar() is True
        return claiming

    assert await (await other.write(claimed_meanwhile)) is None
