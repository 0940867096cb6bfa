"""Several jobs at once, one per repository, until the worker is told to stop."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from bot import worker as module
from bot.worker import LEASE, Kind
from storage import queue
from storage.queue import Job
from tests.bot.bench import NOON, Bench, working


async def test_a_database_that_cannot_answer_is_asked_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, logged: list[Any]
) -> None:
    monkeypatch.setattr(module, "IDLE", 0.0)
    refusals = [sqlite3.OperationalError("locked"), sqlite3.OperationalError("locked")]
    original, done = queue.claim_some, asyncio.Event()

    async def claim(*arguments: Any, **more: Any) -> list[Job]:
        if refusals:
            raise refusals.pop()
        return await original(*arguments, **more)

    monkeypatch.setattr(queue, "claim_some", claim)
    bench.after = lambda _: done.set()
    await bench.put("a")
    async with working(bench.worker):
        await done.wait()

    assert bench.row("a")["state"] == "done"
    assert [line["event"] for line in logged] == ["no job could be claimed"] * 2


async def test_several_run_at_once_but_never_two_of_one_lock(bench: Bench) -> None:
    """Jobs of three repositories, four each: each repository's come one after the other, in the order they were put."""
    active: list[str] = []
    order: list[str] = []
    all_done, together = asyncio.Event(), asyncio.Barrier(3)

    async def run(job: Job) -> None:
        assert job.lock is not None
        assert job.lock not in active, "two jobs of one repository at once"
        active.append(job.lock)
        if job.key.endswith("0"):
            await together.wait()  # the first of each repository wait for one another
        await bench.store.read(queue.counts)
        active.remove(job.lock)
        order.append(job.key)
        if len(order) == 12:
            all_done.set()

    bench.worker.kinds = {"work": Kind(run)}
    for n in range(4):
        for name in ("x", "y", "z"):
            await bench.put(f"{name}{n}", lock=f"repository:{name}")
    async with working(bench.worker):
        await all_done.wait()

    for name in ("x", "y", "z"):
        assert [key for key in order if key.startswith(name)] == [f"{name}{n}" for n in range(4)]


async def test_no_more_than_a_few_run_at_once(bench: Bench) -> None:
    free, started = asyncio.Event(), asyncio.Semaphore(0)

    async def run(_: Job) -> None:
        started.release()
        await free.wait()

    bench.worker.kinds = {"work": Kind(run)}
    await bench.put(*(f"job-{n}" for n in range(module.CONCURRENT + 3)))
    async with working(bench.worker):
        for _ in range(module.CONCURRENT):
            await started.acquire()
        assert len(bench.worker.running) == module.CONCURRENT
        assert (await bench.store.read(queue.counts))["waiting"] == 3
        free.set()
        for _ in range(3):
            await started.acquire()


async def test_a_ring_of_the_bell_is_enough(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that would sleep for an hour works at once on what its own process puts."""
    monkeypatch.setattr(module, "IDLE", 3600.0)
    done = asyncio.Event()
    bench.after = lambda _: done.set()
    async with working(bench.worker):
        await bench.put("a")
        await done.wait()


async def test_draining_lets_running_jobs_end(bench: Bench) -> None:
    started, finish = asyncio.Event(), asyncio.Event()

    async def run(_: Job) -> None:
        started.set()
        await finish.wait()

    bench.worker.kinds = {"work": Kind(run)}
    await bench.put("a")
    async with working(bench.worker):
        await started.wait()
        asyncio.get_running_loop().call_soon(finish.set)

    assert bench.row("a")["state"] == "done"
    assert bench.worker.running == set()


async def test_what_does_not_end_in_time_is_cancelled_and_comes_again(bench: Bench) -> None:
    started = asyncio.Event()

    async def run(_: Job) -> None:
        started.set()
        await asyncio.Event().wait()

    bench.worker.kinds = {"work": Kind(run)}
    await bench.put("a")
    task = asyncio.create_task(bench.worker.work())
    await started.wait()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    await bench.worker.drain(0)

    assert bench.worker.running == set()
    assert bench.row("a")["state"] == "running"
    successor = Bench(bench.store, bench.file, now=NOON + LEASE + timedelta(seconds=1))
    assert await successor.one() is not None
    assert bench.row("a")["state"] == "done"


async def test_draining_an_idle_worker_is_nothing(bench: Bench) -> None:
    await bench.worker.drain(5)
    assert bench.worker.running == set()
