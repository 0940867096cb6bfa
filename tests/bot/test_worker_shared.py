"""The same worker on PostgreSQL: woken by what other processes put, and one job of a repository at a time among all."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime

import pytest

import bot.worker
from bot.worker import CAPTURES, Kind, Worker
from storage import queue
from storage.engine import Store
from storage.queue import SOMEBODY_WAITS, Job, NewJob, Wakeup
from tests.bot.bench import working
from tests.storage.conftest import shared
from tests.stories.town import until

__all__ = ["shared"]


def now() -> datetime:
    return datetime.now(UTC)


def worker_on(store: Store, **kinds: Kind) -> Worker:
    return Worker(store, kinds, Wakeup(), now, jitter=lambda: 1.0)


async def test_a_job_that_another_process_puts_is_claimed_in_a_fraction_of_a_second(
    shared: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.worker, "IDLE", 3600.0)
    mine, other = await Store.open(shared), await Store.open(shared)
    begun: list[float] = []

    async def run(_: Job) -> None:
        begun.append(time.monotonic())

    async with working(worker_on(mine, work=Kind(run))):
        await asyncio.sleep(1.0)  # it has looked, found nothing, and listens
        put = time.monotonic()
        await other.write(lambda conn: queue.put(conn, [NewJob("work", "a", b"", None)], now()))
        await until(lambda: begun, "the job to begin")
        assert begun[0] - put < 0.8
    await mine.close()
    await other.close()


async def test_two_workers_never_run_two_jobs_of_one_repository(shared: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.worker, "IDLE", 0.05)
    stores = [await Store.open(shared) for _ in range(2)]
    active: list[str | None] = []
    done: list[str] = []

    async def run(job: Job) -> None:
        assert job.lock not in active, "two jobs of one repository at once"
        active.append(job.lock)
        await asyncio.sleep(0.01)
        active.remove(job.lock)
        done.append(job.key)

    jobs = [NewJob("work", f"{n:02}", b"", f"repository:{n % 3}") for n in range(30)]
    await stores[0].write(lambda conn: queue.put(conn, jobs, now()))
    async with working(worker_on(stores[0], work=Kind(run))), working(worker_on(stores[1], work=Kind(run))):
        await until(lambda: len(done) == 30, "all jobs to be done")
    assert sorted(done) == [job.key for job in jobs]
    for lock in range(3):
        of_lock = [key for key in done if int(key) % 3 == lock]
        assert of_lock == sorted(of_lock)
    for store in stores:
        await store.close()


async def test_commands_find_a_place_however_many_captures_wait(shared: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.worker, "IDLE", 0.05)
    store = await Store.open(shared)
    running: list[str] = []
    answered: list[str] = []
    over = asyncio.Event()

    async def capture(job: Job) -> None:
        running.append(job.key)
        await over.wait()

    async def answer(job: Job) -> None:
        answered.append(job.key)

    captures = [NewJob("capture", str(n), b"", f"installation:{n}:capture", SOMEBODY_WAITS - 1) for n in range(20)]
    await store.write(lambda conn: queue.put(conn, captures, now()))
    async with working(worker_on(store, capture=Kind(capture, background=True, waits=True), delivery=Kind(answer))):
        await until(lambda: len(running) == CAPTURES, "captures to begin")
        asked = [NewJob("delivery", str(n), b"", None) for n in range(10)]
        await store.write(lambda conn: queue.put(conn, asked, now()))
        await until(lambda: len(answered) == 10, "every command to be answered")
        assert len(running) == CAPTURES
        over.set()
        await until(lambda: len(running) == 20, "all captures to be run")
    await store.close()
