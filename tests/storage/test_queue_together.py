"""Many jobs in one transaction: each with its end or not at all, in the order of their lock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select

from storage import queue, queue_together
from storage.connection import Connection
from storage.engine import Store
from storage.glances import say
from storage.queue import LEAST, Job, NewJob, Worked
from storage.schema_jobs import jobs, payloads

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
LEASE = timedelta(minutes=5)
ROOM = 4


@pytest.fixture
async def embedded(file: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Store]:
    """An open store on SQLite, and all the time that a busy computer takes."""
    monkeypatch.setattr(queue_together, "SLICE", 60.0)
    monkeypatch.setattr(queue_together, "LONGEST", 60.0)
    opened = await Store.open(file)
    yield opened
    await opened.close()


async def put(store: Store, *keys: str, kind: str = "sync") -> None:
    """Put jobs, each with the lock that the first letter of its key is."""
    new = [NewJob(kind, key, key.encode(), f"repository:{key[0]}") for key in keys]
    await store.write(lambda conn: queue.put(conn, new, NOW))


async def claim(store: Store, most: int = 8, now: datetime = NOW) -> list[Job]:
    return await queue.claim_some(store, now, LEASE, LEAST, most=most, of=["sync"])


async def states(store: Store) -> dict[str, tuple[str, int]]:
    """Return the state and the attempts of each job by its key."""
    query = select(jobs.c.key, jobs.c.state, jobs.c.attempts)
    rows = await store.read(lambda conn: listed(conn, query))
    return {key: (state, attempts) for key, state, attempts in rows}


async def listed(conn: Connection, query: object) -> list[tuple[str, str, int]]:
    return [(row.key, row.state, row.attempts) for row in await conn.execute(query)]  # type: ignore[call-overload]


class Trial:
    """Does jobs by putting another, named after them; those in `fails` fail after that, those in `waits` want time."""

    def __init__(self, fails: str = "", waits: str = "") -> None:
        self.fails, self.waits = fails.split(), waits.split()
        self.tried: list[str] = []

    async def attempt(self, conn: Connection, job: Job) -> None:
        self.tried.append(job.key)
        await queue.put(conn, [NewJob("trace", job.key, b"", None)], NOW)
        if job.key in self.waits:
            await asyncio.sleep(0)
        if job.key in self.fails:
            raise RuntimeError("no")

    async def on(self, store: Store, claimed: list[Job], room: int = ROOM) -> Worked:
        return await queue.work_off(store, claimed, self.attempt, NOW, room)


async def traces(store: Store) -> set[str]:
    """Return the keys of the jobs of which something was kept."""
    query = select(jobs.c.key, jobs.c.state, jobs.c.attempts).where(jobs.c.kind == "trace")
    return {key for key, _, _ in await store.read(lambda conn: listed(conn, query))}


async def test_what_awaits_nothing_is_done_lock_by_lock_in_order(embedded: Store) -> None:
    await put(embedded, "a1", "a2", "b1", "a3", "c1")
    claimed, trial = await claim(embedded), Trial()
    assert [job.key for job in claimed] == ["a1", "b1", "c1"], "of each lock one"
    worked = await trial.on(embedded, claimed)
    assert worked.alone == []
    assert trial.tried == ["a1", "b1", "c1", "a2", "a3"]
    assert await traces(embedded) == {"a1", "a2", "a3", "b1", "c1"}
    counted = await embedded.read(queue.counts)
    assert (counted["done"], counted["running"]) == (5, 0)
    assert (await claim(embedded))[0].kind == "trace", "no other is left"


async def test_one_that_fails_leaves_nothing_and_takes_no_other_with_it(embedded: Store) -> None:
    await put(embedded, "a1", "a2", "a3", "b1", "b2")
    worked = await Trial(fails="a2").on(embedded, await claim(embedded))
    assert [job.key for job in worked.done] == ["a1", "b1", "b2"]
    assert await traces(embedded) == {"a1", "b1", "b2"}
    found = await states(embedded)
    assert (found["a2"], found["a3"]) == (("ready", 0), ("waiting", 0)), "what is behind it waits for it"


async def test_a_leader_that_fails_stays_claimed_and_its_lock_with_it(embedded: Store) -> None:
    await put(embedded, "a1", "a2", "b1")
    worked = await Trial(fails="a1").on(embedded, await claim(embedded))
    assert [job.key for job in worked.alone] == ["a1"]
    found = await states(embedded)
    assert (found["a1"], found["a2"]) == (("running", 1), ("waiting", 0))
    assert await queue.finish(embedded, worked.alone[0], NOW)
    assert (await claim(embedded, now=NOW))[0].key == "a2"


async def test_what_wants_time_is_not_done_at_once(embedded: Store) -> None:
    """It may have written by then: that is undone, or it would be there twice."""
    await put(embedded, "a1", "b1")
    worked = await Trial(waits="a1").on(embedded, await claim(embedded))
    assert [job.key for job in worked.alone] == ["a1"]
    assert await traces(embedded) == {"b1"}


async def test_what_there_is_no_room_for_is_given_back_untried(embedded: Store) -> None:
    await put(embedded, "a1", "b1", "c1", "d1")
    trial = Trial(fails="a1 b1 c1 d1")
    worked = await trial.on(embedded, await claim(embedded), room=2)
    assert [job.key for job in worked.alone] == trial.tried == ["a1", "b1"]
    found = await states(embedded)
    assert (found["c1"], found["d1"]) == (("ready", 0), ("ready", 0))


async def test_what_takes_long_gives_the_others_back(embedded: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_together, "SLICE", 0.0)
    await put(embedded, "a1", "b1", "c1")
    worked = await Trial().on(embedded, await claim(embedded))
    assert [job.key for job in worked.done] == ["a1"]
    assert {key: state for key, (state, _) in (await states(embedded)).items() if key != "a1"} == {
        "b1": "ready",
        "c1": "ready",
    }


async def test_one_that_takes_long_itself_is_left_to_be_run_alone(
    embedded: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An installation of thousands of repositories, say: the event loop has others to serve."""
    monkeypatch.setattr(queue_together, "LONGEST", -1.0)
    await put(embedded, "a1")
    worked = await Trial().on(embedded, await claim(embedded))
    assert [job.key for job in worked.alone] == ["a1"]
    assert await traces(embedded) == set()


async def test_what_another_has_taken_over_is_left_to_them(embedded: Store) -> None:
    await put(embedded, "a1", "b1")
    slow = await claim(embedded)
    later = NOW + LEASE + timedelta(seconds=1)
    await queue.release_expired(embedded, later)
    (taken,) = await claim(embedded, 1, later)
    trial = Trial()
    worked = await trial.on(embedded, slow)
    assert (worked, trial.tried) == (Worked(), [])
    assert (await states(embedded))[taken.key] == ("running", 2)


async def test_what_was_tried_before_neither_leads_nor_follows(embedded: Store) -> None:
    """It may be what killed the process: alone it is found out, and nobody else is blamed for it."""
    await put(embedded, "a1", "a2", "b1")
    (first,) = await claim(embedded, 1)
    await queue.retry(embedded, first, NOW, "no")
    await put(embedded, "a0")
    claimed = await claim(embedded)
    assert [job.key for job in claimed] == ["a1"], "the oldest, which was tried, comes alone"
    await queue.finish(embedded, claimed[0], NOW)
    (second, _) = await claim(embedded)
    assert second.key == "a2"
    worked = await Trial().on(embedded, [second])
    assert [job.key for job in worked.done] == ["a2", "a0"]


async def test_a_large_one_is_left_to_be_run_alone(embedded: Store) -> None:
    await put(embedded, "a1", "b1")
    large = NewJob("sync", "a2", bytes(queue_together.LARGEST + 1), "repository:a")
    await embedded.write(lambda conn: queue.put(conn, [large], NOW))
    worked = await Trial().on(embedded, await claim(embedded))
    assert [job.key for job in worked.done] == ["a1", "b1"]
    assert [job.key for job in await claim(embedded)] == ["a2"]


async def test_a_large_one_is_not_tried_at_once_when_it_is_first_either(embedded: Store) -> None:
    large = NewJob("sync", "a1", bytes(queue_together.LARGEST + 1), "repository:a")
    await embedded.write(lambda conn: queue.put(conn, [large], NOW))
    trial = Trial()
    worked = await trial.on(embedded, await claim(embedded))
    assert ([job.key for job in worked.alone], trial.tried) == (["a1"], [])


async def test_one_whose_payload_is_missing_keeps_no_other_from_being_claimed(embedded: Store) -> None:
    """As in a database that was damaged and mended."""
    await put(embedded, "a1", "a2", "b1")
    await embedded.write(lambda conn: conn.execute(delete(payloads).where(payloads.c.job_id == 1)))
    assert [job.key for job in await claim(embedded)] == ["b1"]
    assert [job.key for job in await claim(embedded)] == ["a2"]
    assert (await states(embedded))["a1"] == ("dead", 1)


async def test_another_kind_neither_comes_along_nor_follows(embedded: Store) -> None:
    await put(embedded, "a1", "b1")
    await put(embedded, "a2", "c1", kind="refresh")
    claimed = await claim(embedded)
    assert [job.key for job in claimed] == ["a1", "b1"]
    assert len((await Trial().on(embedded, claimed)).done) == 2
    assert [job.kind for job in await claim(embedded)] == ["refresh"], "and of that kind one comes at a time"


async def test_a_transaction_that_fails_keeps_nothing_and_leaves_the_connection_fit(embedded: Store) -> None:
    await put(embedded, "a1", "b1")
    claimed = await claim(embedded)

    async def fail(conn: Connection, _: Job) -> None:
        await queue.put(conn, [NewJob("trace", "x", b"", None)], NOW)
        say(conn, "ROLLBACK")  # as SQLite does by itself where the disk is full

    with pytest.raises(Exception, match="no such savepoint"):
        await queue.work_off(embedded, claimed, fail, NOW, ROOM)
    assert await traces(embedded) == set()
    assert len((await Trial().on(embedded, claimed)).done) == 2


async def test_on_postgresql_each_is_run_alone(jobs_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """And on SQLite none of these: the interface is one."""
    monkeypatch.setattr(queue_together, "SLICE", 60.0)
    monkeypatch.setattr(queue_together, "LONGEST", 60.0)
    await put(jobs_store, "a1", "b1")
    claimed = await claim(jobs_store)
    worked = await Trial().on(jobs_store, claimed)
    if jobs_store.dialect == "sqlite":
        assert (len(worked.done), worked.alone) == (2, [])
    else:
        assert ([job.key for job in claimed], worked.alone, worked.done) == (["a1"], claimed, [])
