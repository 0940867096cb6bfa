"""Work that nobody waits for takes half of the worker's places at most."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

import bot.worker
from bot.worker import BACKGROUND, CONCURRENT, Kind, Worker
from storage import queue
from storage.engine import Store
from storage.queue import SOMEBODY_WAITS, Job, NewJob, Wakeup
from tests.bot.bench import working
from tests.stories.town import until

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def test_commands_find_a_place_however_many_captures_wait(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.worker, "IDLE", 0.02)
    running: list[str] = []
    most: list[int] = []
    over = asyncio.Event()

    async def capture(job: Job) -> None:
        running.append(job.key)
        most.append(len(running))
        await over.wait()
        running.remove(job.key)

    answered: list[str] = []

    async def answer(job: Job) -> None:
        answered.append(job.key)

    kinds = {"capture": Kind(capture, background=True), "delivery": Kind(answer)}
    worker = Worker(store, kinds, Wakeup(), lambda: NOON, jitter=lambda: 1.0)
    captures = [NewJob("capture", str(number), b"", f"lock:{number}", 0) for number in range(20)]
    await store.write(lambda conn: queue.put(conn, captures, NOON))
    async with working(worker):
        await until(lambda: len(running) == BACKGROUND, "captures to begin")
        asked = [NewJob("delivery", str(number), b"", None) for number in range(10)]
        await store.write(lambda conn: queue.put(conn, asked, NOON))
        worker.wakeup.set()
        await until(lambda: len(answered) == 10, "every command to be answered")
        assert len(running) == BACKGROUND
        over.set()
        await until(lambda: len(most) == 20 and not running, "all captures to be done")
    assert max(most) == BACKGROUND < CONCURRENT
    assert captures[0].priority < SOMEBODY_WAITS <= asked[0].priority


async def test_a_clock_that_was_set_back_does_not_keep_a_job_that_is_due_from_being_claimed(store: Store) -> None:
    later = NOON.replace(year=2027)
    await store.write(lambda conn: queue.put(conn, [NewJob("capture", "1", b"", None, 0)], later))
    job = await queue.claim(store, NOON, bot.worker.LEASE)
    assert job is not None


async def test_a_clock_that_was_set_back_does_not_put_off_freeing_dead_leases(store: Store) -> None:
    moment = [NOON.replace(year=2027)]
    worker = Worker(store, {}, Wakeup(), lambda: moment[0], jitter=lambda: 1.0)
    assert await worker.claim() is None
    await store.write(lambda conn: queue.put(conn, [NewJob("capture", "1", b"", None, 0)], NOON))
    assert await queue.claim(store, NOON, bot.worker.LEASE) is not None
    moment[0] = NOON + 2 * bot.worker.LEASE
    job = await worker.claim()
    assert job is not None
    assert job.attempts == 2
