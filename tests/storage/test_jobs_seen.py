"""What is told and done about jobs besides running them is the same on each engine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from storage import queue
from storage.backlog import Left, left_over, to_do
from storage.clock_jumps import set_right, stand_wrong
from storage.dead_letters import count_kinds, dead_letters, forget_dead, try_again
from storage.deliveries import last_done, worked_on
from storage.engine import Store
from storage.queue import Job, NewJob
from tests.storage.queue_rows import bodies

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
LEASE = 2 * MINUTE


def job(key: str, kind: str = "sync", lock: str | None = "repository:7", run_at: datetime | None = None) -> NewJob:
    return NewJob(kind, key, key.encode(), lock, 5, run_at)


async def put(store: Store, *jobs: NewJob, now: datetime = NOW) -> int:
    return await store.write(lambda conn: queue.put(conn, jobs, now))


async def take(store: Store, now: datetime = NOW) -> Job:
    claimed = await queue.claim(store, now, LEASE)
    assert claimed is not None
    return claimed


async def test_jobs_that_were_given_up_are_listed_the_latest_first(jobs_store: Store) -> None:
    await put(jobs_store, job("a"), job("b"), job("c"))
    for minute in (1, 2):
        await queue.bury(jobs_store, await take(jobs_store), NOW + minute * MINUTE, f"reason {minute}")
    letters = await jobs_store.read(lambda conn: dead_letters(conn, 5, 0))
    assert [(each.key, each.attempts, each.created_at, each.finished_at, each.error) for each in letters] == [
        ("b", 1, NOW, NOW + 2 * MINUTE, "reason 2"),
        ("a", 1, NOW, NOW + MINUTE, "reason 1"),
    ]
    assert [each.key for each in await jobs_store.read(lambda conn: dead_letters(conn, 5, 1))] == ["a"]
    counted = {(each.kind, each.count) for each in await jobs_store.read(count_kinds) if each.state != "dead"}
    assert counted == {("sync", 1)}
    assert [each.count for each in await jobs_store.read(count_kinds) if each.state == "dead"] == [2]


async def test_a_job_that_is_tried_again_is_as_if_just_put(jobs_store: Store) -> None:
    await put(jobs_store, job("a"), job("b", "other"))
    numbers = []
    for _ in range(2):
        claimed = await take(jobs_store)
        numbers.append(claimed.id)
        await queue.bury(jobs_store, claimed, NOW, "ours")
    later = NOW + 5 * MINUTE
    assert await jobs_store.write(lambda conn: try_again(conn, later, job_id=numbers[0])) == 1
    assert await jobs_store.write(lambda conn: try_again(conn, later, job_id=numbers[0])) == 0
    again = await take(jobs_store, later)
    assert (again.key, again.attempts, again.created_at, again.payload) == ("a", 1, later, b"a")
    assert await queue.finish(jobs_store, again, later)
    assert await jobs_store.write(lambda conn: try_again(conn, later, kind="other")) == 1
    assert (await take(jobs_store, later)).key == "b"


async def test_what_is_forgotten_keeps_its_key_and_drops_what_it_carries(jobs_store: Store) -> None:
    await put(jobs_store, job("a"), job("b"))
    await queue.bury(jobs_store, await take(jobs_store), NOW, "ours")
    assert await jobs_store.write(lambda conn: forget_dead(conn, kind="sync")) == 1
    assert await jobs_store.write(lambda conn: forget_dead(conn, kind="sync")) == 0
    found = await jobs_store.read(queue.counts)
    assert (found["dead"], found["done"], found["waiting"]) == (0, 1, 1)
    assert await bodies(jobs_store) == [b"b"]
    assert await put(jobs_store, job("a")) == 0
    assert await queue.prune(jobs_store, NOW + MINUTE) == 1


async def test_deliveries_that_were_given_up_are_not_worked_on(jobs_store: Store) -> None:
    await put(jobs_store, *(job(key, "delivery", None) for key in ("done", "dead", "runs", "waits")))
    await queue.finish(jobs_store, await take(jobs_store), NOW)
    await queue.bury(jobs_store, await take(jobs_store), NOW, "ours")
    await take(jobs_store)
    asked = ["done", "dead", "runs", "waits", "unknown"]
    assert await jobs_store.read(lambda conn: worked_on(conn, asked)) == {"done", "runs", "waits"}
    assert await jobs_store.read(lambda conn: last_done(conn, "delivery")) == NOW
    assert await jobs_store.read(lambda conn: last_done(conn, "sync")) is None


async def test_the_backlog_counts_what_is_due_and_lists_what_is_put_off_or_given_up(jobs_store: Store) -> None:
    await put(
        jobs_store, job("waits"), job("waits too"), job("due", run_at=NOW + MINUTE), job("later", run_at=NOW + DAY)
    )
    await put(jobs_store, job("another", "other"))
    later = NOW + 2 * MINUTE
    assert await jobs_store.read(lambda conn: to_do(conn, ["sync"], later)) == 3
    await queue.bury(jobs_store, await take(jobs_store), NOW, "ours")
    assert await jobs_store.read(lambda conn: to_do(conn, ["sync", "other"], later)) == 3
    assert await jobs_store.read(lambda conn: left_over(conn, ["sync"], later, NOW)) == [
        Left("sync", "waits", "dead", NOW, "ours"),
        Left("sync", "later", "scheduled", NOW + DAY, None),
    ]


async def test_what_a_wrong_clock_left_is_set_right(jobs_store: Store) -> None:
    """Somebody took a job and put another back while the clock stood a year ahead; a job for next week is meant."""
    ahead = NOW + 365 * DAY
    await put(jobs_store, job("back", lock="a"), job("held", lock="b"), job("meant", run_at=NOW + 7 * DAY))
    assert not await jobs_store.read(lambda conn: stand_wrong(conn, NOW))
    back = await take(jobs_store)
    assert await queue.retry(jobs_store, back, ahead, "wait")
    held = await queue.claim(jobs_store, NOW, 365 * DAY)
    assert held is not None
    assert await jobs_store.read(lambda conn: stand_wrong(conn, NOW))
    assert await jobs_store.write(lambda conn: set_right(conn, NOW)) == 2
    assert not await jobs_store.read(lambda conn: stand_wrong(conn, NOW))
    assert {(await take(jobs_store)).key for _ in range(2)} == {"back", "held"}
    assert await queue.claim(jobs_store, NOW, LEASE) is None
    assert not await queue.finish(jobs_store, held, NOW)


async def test_a_reason_is_kept_whatever_bytes_are_in_it(shared: str) -> None:
    """What GitHub sent may stand in an error; a database that refuses it would make the job run for ever."""
    store = await Store.open(shared)
    await put(store, job("a"), job("b"))
    assert await queue.bury(store, await take(store), NOW, "zero \0 and half \udcff")
    assert await queue.retry(store, await take(store), NOW, "zero \0 and half \udcff")
    (letter,) = await store.read(lambda conn: dead_letters(conn, 5, 0))
    assert letter.error == "zero  and half ?"
    await store.close()
