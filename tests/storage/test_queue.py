"""Jobs: each once, by urgency and age, never two with one lock, and none lost with its worker."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from storage import queue
from storage.backlog import locks_under_way
from storage.engine import Store
from storage.lanes import COME_DUE, FREE, STEP_BACK, STEP_UP
from storage.queue import Job, NewJob, Wakeup
from storage.queue_embedded import COUNTS, NEXT
from storage.urls import sqlite_path
from tests.storage.queue_rows import bodies, fill

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LEASE = 5 * MINUTE


def job(key: str, lock: str | None = None, priority: int = 5, run_at: datetime | None = None) -> NewJob:
    return NewJob("sync", key, key.encode(), lock, priority, run_at)


async def put(store: Store, *jobs: NewJob) -> int:
    return await store.write(lambda conn: queue.put(conn, jobs, NOW))


async def claim(store: Store, now: datetime = NOW) -> Job | None:
    return await queue.claim(store, now, LEASE)


async def must_claim(store: Store, now: datetime = NOW) -> Job:
    claimed = await claim(store, now)
    assert claimed is not None
    return claimed


async def counts(store: Store) -> dict[str, int]:
    found = await store.read(queue.counts)
    return {state: count for state, count in found.items() if count}


async def test_a_job_is_claimed_with_what_was_put(jobs_store: Store) -> None:
    assert await put(jobs_store, job("a", "repository:7")) == 1
    claimed = await must_claim(jobs_store)
    assert claimed == Job(claimed.id, "sync", "a", b"a", "repository:7", 1, NOW, 1)
    assert await counts(jobs_store) == {"running": 1}


async def test_an_empty_queue_gives_nothing(jobs_store: Store) -> None:
    assert await claim(jobs_store) is None
    assert await jobs_store.read(queue.next_due) is None


async def test_a_key_runs_once_even_after_it_is_done(jobs_store: Store) -> None:
    assert await put(jobs_store, job("a"), job("a")) == 1
    assert await queue.finish(jobs_store, await must_claim(jobs_store), NOW)
    assert await put(jobs_store, job("a")) == 0
    assert await claim(jobs_store) is None


async def test_the_same_key_of_another_kind_is_another_job(jobs_store: Store) -> None:
    assert await put(jobs_store, job("a"), NewJob("prune", "a", b"", None)) == 2


async def test_the_urgent_go_first_then_the_oldest(jobs_store: Store) -> None:
    await put(jobs_store, job("old"), job("young"), job("urgent", priority=9), job("lazy", priority=1))
    assert [(await must_claim(jobs_store)).key for _ in range(4)] == ["urgent", "old", "young", "lazy"]


async def test_jobs_with_one_lock_run_one_after_the_other(jobs_store: Store) -> None:
    await put(jobs_store, job("1", "repository:7"), job("2", "repository:7"), job("3", "repository:8"))
    first, other = await must_claim(jobs_store), await must_claim(jobs_store)
    assert (first.key, other.key) == ("1", "3")
    assert await claim(jobs_store) is None
    await queue.finish(jobs_store, first, NOW)
    assert (await must_claim(jobs_store)).key == "2"


async def test_an_urgent_job_overtakes_those_that_wait_for_the_same_lock(jobs_store: Store) -> None:
    await put(jobs_store, job("1", "repository:7"), job("2", "repository:7"))
    await put(jobs_store, job("urgent", "repository:7", priority=9))
    first = await must_claim(jobs_store)
    assert first.key == "urgent"
    await queue.finish(jobs_store, first, NOW)
    assert (await must_claim(jobs_store)).key == "1"


async def test_jobs_without_a_lock_run_side_by_side(jobs_store: Store) -> None:
    await put(jobs_store, job("1"), job("2"))
    assert {(await must_claim(jobs_store)).key for _ in range(2)} == {"1", "2"}


async def test_ten_workers_never_hold_one_lock_twice_and_leave_nothing_undone(jobs_store: Store) -> None:
    await put(jobs_store, *(job(str(number), f"repository:{number % 3}") for number in range(60)))
    held: set[str | None] = set()
    done: list[str] = []

    async def worker() -> None:
        while len(done) < 60:
            claimed = await claim(jobs_store)
            if claimed is None:
                await asyncio.sleep(0.001)
                continue
            assert claimed.lock not in held
            held.add(claimed.lock)
            await asyncio.sleep(0.001)
            held.remove(claimed.lock)
            done.append(claimed.key)
            assert await queue.finish(jobs_store, claimed, NOW)

    await asyncio.gather(*(worker() for _ in range(10)))
    assert sorted(done, key=int) == [str(number) for number in range(60)]
    by_lock = [[int(key) for key in done if int(key) % 3 == lock] for lock in range(3)]
    assert all(keys == sorted(keys) for keys in by_lock)


async def test_a_job_is_not_claimed_before_its_time(jobs_store: Store) -> None:
    await put(jobs_store, job("later", run_at=NOW + MINUTE))
    assert await claim(jobs_store) is None
    assert await jobs_store.read(queue.next_due) == NOW + MINUTE
    assert (await must_claim(jobs_store, NOW + MINUTE)).key == "later"


async def test_a_finished_job_drops_its_payload_and_keeps_its_key(jobs_store: Store) -> None:
    await put(jobs_store, job("a"))
    await queue.finish(jobs_store, await must_claim(jobs_store), NOW)
    assert await bodies(jobs_store) == []
    assert await counts(jobs_store) == {"done": 1}


async def test_a_buried_job_is_kept_with_its_payload_and_its_reason(jobs_store: Store) -> None:
    await put(jobs_store, job("a", "repository:7"), job("b", "repository:7"))
    await queue.bury(jobs_store, await must_claim(jobs_store), NOW, "no such metric")
    assert sorted(await bodies(jobs_store)) == [b"a", b"b"]
    assert await counts(jobs_store) == {"waiting": 1, "dead": 1}
    assert (await must_claim(jobs_store)).key == "b"


async def test_a_retried_job_comes_back_at_its_time_and_blocks_nobody_until_then(jobs_store: Store) -> None:
    await put(jobs_store, job("a", "repository:7"), job("b", "repository:7"))
    assert await queue.retry(jobs_store, await must_claim(jobs_store), NOW + MINUTE, "GitHub was away")
    second = await must_claim(jobs_store)
    assert second.key == "b"
    assert await claim(jobs_store, NOW + MINUTE) is None  # due, but its lock is taken
    await queue.finish(jobs_store, second, NOW)
    again = await must_claim(jobs_store, NOW + MINUTE)
    assert (again.key, again.attempts, again.payload) == ("a", 2, b"a")


async def test_waiting_for_github_is_not_an_attempt(jobs_store: Store) -> None:
    await put(jobs_store, job("a"))
    await queue.retry(jobs_store, await must_claim(jobs_store), NOW + MINUTE, "rate limit", counted=False)
    assert (await must_claim(jobs_store, NOW + MINUTE)).attempts == 1


async def test_a_dead_workers_job_goes_to_the_next_when_its_lease_is_over(jobs_store: Store) -> None:
    await put(jobs_store, job("a", "repository:7"), job("b", "repository:7"))
    lost = await must_claim(jobs_store)
    assert await queue.release_expired(jobs_store, NOW + LEASE) == 0
    assert await queue.release_expired(jobs_store, NOW + LEASE + MINUTE) == 1
    again = await must_claim(jobs_store, NOW + LEASE + MINUTE)
    assert (again.id, again.attempts) == (lost.id, 2)


async def test_what_a_clock_put_back_that_was_ahead_comes_once_the_clock_is_right(jobs_store: Store) -> None:
    """Also what a process had claimed that died meanwhile; what is ordered for later stays ordered for later."""
    ahead = NOW + timedelta(hours=5)
    await put(jobs_store, job("a"), job("b"), NewJob("sync", "tomorrow", b"", None, 5, NOW + timedelta(days=1)))
    failed, _died = await must_claim(jobs_store, ahead), await must_claim(jobs_store, ahead)
    await queue.retry(jobs_store, failed, ahead + MINUTE, "the clock was wrong")
    assert await claim(jobs_store, NOW + MINUTE) is None
    assert await queue.release_expired(jobs_store, NOW + MINUTE) == 1
    assert {(await must_claim(jobs_store, NOW + MINUTE)).key for _ in "ab"} == {"a", "b"}
    assert await claim(jobs_store, NOW + MINUTE) is None


async def test_an_extended_lease_holds_longer(jobs_store: Store) -> None:
    await put(jobs_store, job("a"))
    claimed = await must_claim(jobs_store)
    assert await queue.extend(jobs_store, claimed, NOW + LEASE, LEASE)
    assert await queue.release_expired(jobs_store, NOW + LEASE + MINUTE) == 0


@pytest.mark.parametrize("taken_by_another", [True, False])
async def test_whoever_lost_its_lease_changes_nothing(jobs_store: Store, taken_by_another: bool) -> None:
    await put(jobs_store, job("a"))
    slow = await must_claim(jobs_store)
    later = NOW + LEASE + MINUTE
    await queue.release_expired(jobs_store, later)
    if taken_by_another:
        await must_claim(jobs_store, later)
    before = await counts(jobs_store)
    assert not await queue.finish(jobs_store, slow, later)
    assert not await queue.retry(jobs_store, slow, later, "too late")
    assert not await queue.bury(jobs_store, slow, later, "too late")
    assert not await queue.extend(jobs_store, slow, later, LEASE)
    assert await counts(jobs_store) == before


async def test_pruning_forgets_what_ended_long_ago(jobs_store: Store) -> None:
    """Done or given up, it makes no difference: what waits, and what ended lately, stays."""
    await put(jobs_store, job("old"), job("dead"), job("young"), job("dead lately"), job("waiting"))
    await queue.finish(jobs_store, await must_claim(jobs_store), NOW)
    await queue.bury(jobs_store, await must_claim(jobs_store), NOW, "no")
    later = NOW + queue.KEYS_KEPT
    await queue.finish(jobs_store, await must_claim(jobs_store), later)
    await queue.bury(jobs_store, await must_claim(jobs_store), later, "no")
    assert await queue.prune(jobs_store, later) == 2
    assert await counts(jobs_store) == {"waiting": 1, "done": 1, "dead": 1}
    assert await put(jobs_store, job("young")) == 0
    assert await put(jobs_store, job("old")) == 1


async def test_a_free_job_is_claimed_from_behind_thousands_that_cannot_go(jobs_store: Store) -> None:
    """Whether they wait for a lock, for their time or are done, they do not stand in its way."""
    await put(jobs_store, job("running", "repository:7", priority=9))
    await must_claim(jobs_store)
    fill(jobs_store, 100_000 if jobs_store.dialect == "sqlite" else 10_000, NOW + 999 * MINUTE)
    await put(jobs_store, job("free"))
    assert (await must_claim(jobs_store)).key == "free"


def test_no_statement_of_the_queue_scans_the_jobs(embedded: Store) -> None:
    connection = sqlite3.connect(str(sqlite_path(embedded.url)))
    for statement in (NEXT, STEP_BACK, STEP_UP, FREE, COME_DUE, COUNTS):
        sql = str(statement.compile(embedded.engine.sync_engine))
        places = [None] * sql.count("?")
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", places)]
        scans = [step for step in plan if step.startswith("SCAN jobs") and "USING" not in step]
        assert scans == [], (sql, plan)
    connection.close()


async def test_a_bell_wakes_who_waits_and_is_kept_for_who_comes_later() -> None:
    bell = Wakeup()
    waiting = asyncio.create_task(bell.wait(10))
    await asyncio.sleep(0)
    bell.set()
    assert await waiting
    assert not await bell.wait(0.01)
    bell.set()
    assert await bell.wait(0)


async def test_what_is_under_way_is_what_has_not_come_to_its_end(jobs_store: Store) -> None:
    """Whether it runs, waits for its turn or for its time; what ended, well or not, is over."""
    await put(jobs_store, job("well", "a"), job("badly", "b"))
    for end in ("well", "badly"):
        claimed = await must_claim(jobs_store)
        if end == "well":
            await queue.finish(jobs_store, claimed, NOW)
        else:
            await queue.bury(jobs_store, claimed, NOW, "ours")
    await put(jobs_store, job("runs", "c", priority=9))
    await must_claim(jobs_store)
    later = NOW + MINUTE
    await put(jobs_store, job("ready", "d"), job("next", "e"), job("waits", "e"), job("later", "f", run_at=later))
    await put(jobs_store, job("without"))
    assert await jobs_store.read(lambda conn: locks_under_way(conn, "sync")) == {"c", "d", "e", "f"}
    assert await jobs_store.read(lambda conn: locks_under_way(conn, "another")) == set()
