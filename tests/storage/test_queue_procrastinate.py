"""What is Procrastinate's own: workers that die, bells that ring across processes, clashes, and its shell."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from storage import queue, queue_attending
from storage.connection import Connection
from storage.engine import Store
from storage.installations import Repository, repository, save_repository
from storage.queue import NewJob, Wakeup
from storage.queue_attending import attendance
from storage.queue_manager import driver, manager
from storage.urls import libpq

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
LEASE = timedelta(minutes=2)
LISTENS = "LISTEN%background%"  # the last of the bell's statements
ROOT = Path(__file__).parents[2]


@pytest.fixture
async def store(shared: str) -> AsyncIterator[Store]:
    """An open store on PostgreSQL."""
    opened = await Store.open(shared)
    yield opened
    await opened.close()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hearts beat five times a second, and whoever is silent for one and a half is taken for dead."""
    monkeypatch.setattr(queue_attending, "BEAT", 0.2)
    monkeypatch.setattr(queue_attending, "STALLED", 1.5)


def job(key: str, lock: str | None = None, priority: int = 5) -> NewJob:
    return NewJob("sync", key, key.encode(), lock, priority)


async def put(store: Store, *jobs: NewJob, now: datetime = NOW) -> int:
    return await store.write(lambda conn: queue.put(conn, jobs, now))


async def freed(store: Store, seconds: float) -> float:
    """Return after how many seconds a job of a dead worker was free."""
    begun = time.monotonic()
    while not await queue.release_expired(store, datetime.now(UTC)):
        assert time.monotonic() - begun < seconds, "nothing was freed"
        await asyncio.sleep(0.05)
    return time.monotonic() - begun


@pytest.mark.usefixtures("hasty")
async def test_the_lock_of_a_killed_workers_job_is_free_again(store: Store, shared: str) -> None:
    """Its lease, which goes by our clock, would last for an hour: it is its heart that has stopped."""
    await put(store, job("first", "repository:7"), job("second", "repository:7"))
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.storage.killed_worker", shared, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    assert await child.stdout.readline() == b"first\n"
    async with queue.attending(store, Wakeup()):
        await asyncio.sleep(2.5)  # longer than a silent heart is waited for: this one beats
        assert await queue.release_expired(store, datetime.now(UTC)) == 0
        assert await queue.claim(store, datetime.now(UTC), LEASE) is None
        child.kill()
        await child.wait()
        await freed(store, 20)
        again = await queue.claim(store, datetime.now(UTC), LEASE)
        assert again is not None
        assert (again.key, again.attempts) == ("first", 2)
        assert await queue.finish(store, again, NOW)
        second = await queue.claim(store, datetime.now(UTC), LEASE)
        assert second is not None
        assert second.key == "second"


@pytest.mark.usefixtures("hasty")
async def test_who_was_away_itself_takes_nobody_for_dead(store: Store, shared: str) -> None:
    """After an outage of the database every heart seems to have stopped; each is given the time to beat again."""
    other = await Store.open(shared)
    await put(store, job("a"))
    assert await queue.claim(other, NOW, LEASE) is not None
    me = await attendance(store)
    await asyncio.sleep(2.0)
    assert await queue.release_expired(store, NOW) == 0  # nobody has beaten, and neither has this one
    await me.beat()
    assert await queue.release_expired(store, NOW) == 0  # it has only just come back
    for _ in range(10):
        await asyncio.sleep(0.2)
        await me.beat()
    assert await queue.release_expired(store, NOW) == 1
    await other.close()


async def test_a_worker_that_was_struck_off_is_written_down_anew(store: Store, shared: str) -> None:
    await put(store, job("a"), job("b"))
    me = await attendance(store)
    with psycopg.connect(libpq(shared)) as connection:
        connection.execute("DELETE FROM procrastinate_workers")
    assert await queue.claim(store, NOW, LEASE) is not None
    assert (await attendance(store)).id != me.id
    with psycopg.connect(libpq(shared)) as connection:
        connection.execute("DELETE FROM procrastinate_workers")
    before = (await attendance(store)).id
    await (await attendance(store)).beat()
    assert (await attendance(store)).id != before


async def test_the_bell_rings_for_what_another_process_puts(store: Store, shared: str) -> None:
    bell = Wakeup()
    async with queue.attending(store, bell):
        await listened(shared)
        await bell.wait(0)
        other = await Store.open(shared)
        begun = time.monotonic()
        await put(other, job("a"))
        assert await bell.wait(5)
        assert time.monotonic() - begun < 1
        await other.close()


async def test_a_bell_that_lost_its_connection_rings_again(
    store: Store, shared: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_attending, "AGAIN", 0.05)
    bell = Wakeup()
    async with queue.attending(store, bell):
        first = await listened(shared)
        with psycopg.connect(libpq(shared), autocommit=True) as connection:
            connection.execute("SELECT pg_terminate_backend(%s)", [first])
        await listened(shared, first)
        await bell.wait(0)
        await put(store, job("a"))
        assert await bell.wait(5)


async def listened(url: str, other_than: int = 0) -> int:
    """Return the number of the database's process that listens, once there is one, and another than the one given."""
    query = "SELECT pid FROM pg_stat_activity WHERE query LIKE %s AND datname = current_database() AND pid <> %s"
    async with asyncio.timeout(10):
        with psycopg.connect(libpq(url), autocommit=True) as connection:
            while (found := connection.execute(query, [LISTENS, other_than]).fetchone()) is None:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
    return int(found[0])


async def test_a_clash_of_keys_leaves_the_callers_transaction_whole(store: Store, shared: str) -> None:
    """Two put the same key at the same moment: the second waits, puts nothing, and keeps what else it did."""
    other = await Store.open(shared)
    put_first, may_commit = asyncio.Event(), asyncio.Event()

    async def first(conn: Connection) -> int:
        new = await queue.put(conn, [job("a")], NOW)
        put_first.set()
        await may_commit.wait()
        return new

    async def second(conn: Connection) -> int:
        await save_repository(conn, Repository(7, 1, "quartz", "mine", "public", "main"))
        asyncio.get_running_loop().call_later(0.3, may_commit.set)
        return await queue.put(conn, [job("a"), job("b")], NOW)

    beginning = asyncio.create_task(store.write(first))
    await put_first.wait()
    assert await other.write(second) == 1
    assert await beginning == 1
    assert await store.read(lambda conn: repository(conn, 7)) is not None
    assert (await store.read(queue.counts))["waiting"] == 2
    await other.close()


async def test_what_a_transaction_takes_back_was_never_put(store: Store) -> None:
    async def work(conn: Connection) -> None:
        await queue.put(conn, [job("a")], NOW)
        raise LookupError("something else went wrong")

    with pytest.raises(LookupError):
        await store.write(work)
    assert await queue.claim(store, NOW, LEASE) is None
    assert await put(store, job("a")) == 1


async def test_of_two_who_claim_jobs_of_one_lock_at_once_one_gets_none(store: Store, shared: str) -> None:
    """One has taken a job and not committed when a more urgent one of its lock is put and claimed by another."""
    other = await Store.open(shared)
    await put(store, job("a", "repository:7"))
    taken, may_commit = asyncio.Event(), asyncio.Event()
    worker = (await attendance(store)).id

    async def take(conn: Connection) -> object:
        fetched = await manager(await driver(conn)).fetch_job(["people"], worker)
        taken.set()
        await may_commit.wait()
        return fetched

    taking = asyncio.create_task(store.write(take))
    await taken.wait()
    await put(other, job("urgent", "repository:7", priority=9))
    asyncio.get_running_loop().call_later(0.3, may_commit.set)
    assert await queue.claim(other, NOW, LEASE) is None
    assert await taking is not None
    await other.close()


async def test_no_job_has_a_queueing_lock(store: Store, shared: str) -> None:
    await put(store, job("a"), job("b", "repository:7"))
    await store.write(lambda conn: queue.put(conn, [NewJob("sync", "c", b"", None, run_at=NOW + LEASE)], NOW))
    with psycopg.connect(libpq(shared)) as connection:
        rows = connection.execute(
            "SELECT task_name, args, queueing_lock, queue_name FROM procrastinate_jobs ORDER BY id"
        ).fetchall()
    assert rows == [
        ("sync", {"key": "a"}, None, "people"),
        ("sync", {"key": "b"}, None, "people"),
        ("sync", {"key": "c"}, None, "later"),
    ]


def shell(url: str, *commands: str) -> str:
    """Return what Procrastinate's own shell says."""
    asked = ["procrastinate", "--app", "storage.queue_app.app", "shell", *commands]
    done = subprocess.run(
        [sys.executable, "-m", *asked], cwd=ROOT, env={**os.environ, "DATABASE_URL": url},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


async def test_procrastinates_shell_sees_our_jobs_and_may_try_one_again(store: Store, shared: str) -> None:
    await put(store, job("a", "repository:7"), job("b"))
    claimed = await queue.claim(store, NOW, LEASE)
    assert claimed is not None
    await queue.bury(store, claimed, NOW, "ours")
    assert (
        await asyncio.to_thread(shell, shared, "list_queues")
        == "people: 2 jobs (todo: 1, doing: 0, succeeded: 0, failed: 1, cancelled: 0, aborted: 0)\n"
    )
    await asyncio.to_thread(shell, shared, "retry", str(claimed.id))
    again = await queue.claim(store, NOW + LEASE, LEASE)
    assert again is not None
    assert (again.key, again.attempts, again.payload) == ("a", 2, b"a")
    assert await queue.finish(store, again, NOW)
    other = await queue.claim(store, NOW, LEASE)
    assert other is not None
    assert other.key == "b"


async def test_what_the_shell_cancelled_never_runs_and_is_forgotten_in_time(store: Store, shared: str) -> None:
    await put(store, job("a"))
    with psycopg.connect(libpq(shared)) as connection:
        connection.execute("SELECT procrastinate_cancel_job_v1(id, false, false) FROM procrastinate_jobs")
    assert await queue.claim(store, NOW, LEASE) is None
    assert await put(store, job("a")) == 0
    assert await queue.prune(store, NOW + timedelta(seconds=1)) == 1
    assert await put(store, job("a")) == 1
