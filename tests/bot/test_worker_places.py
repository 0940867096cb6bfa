"""Work that nobody waits for takes half of the worker's places at most, and captures have places of their own."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

import bot.worker
from bot.jobs import CAPTURE, kinds
from bot.worker import BACKGROUND, CAPTURES, CONCURRENT, Kind, Worker
from github.resting import resting
from storage import queue
from storage.engine import Store
from storage.queue import SOMEBODY_WAITS, Job, NewJob, Wakeup
from tests.bot.bench import claim, working
from tests.stories.town import until

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(("waits", "places"), [(False, BACKGROUND), (True, CAPTURES)])
async def test_commands_find_a_place_however_many_captures_wait(
    store: Store, monkeypatch: pytest.MonkeyPatch, *, waits: bool, places: int
) -> None:
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

    known = {"capture": Kind(capture, background=True, waits=waits), "delivery": Kind(answer)}
    worker = Worker(store, known, Wakeup(), lambda: NOON, jitter=lambda: 1.0)
    captures = [NewJob("capture", str(number), b"", f"lock:{number}", 0) for number in range(20)]
    await store.write(lambda conn: queue.put(conn, captures, NOON))
    async with working(worker):
        await until(lambda: len(running) == places, "captures to begin")
        asked = [NewJob("delivery", str(number), b"", None) for number in range(10)]
        await store.write(lambda conn: queue.put(conn, asked, NOON))
        worker.wakeup.set()
        await until(lambda: len(answered) == 10, "every command to be answered")
        assert len(running) == places
        over.set()
        await until(lambda: len(most) == 20 and not running, "all captures to be done")
    assert max(most) == places
    assert BACKGROUND < CONCURRENT
    assert captures[0].priority < SOMEBODY_WAITS <= asked[0].priority


async def test_captures_leave_other_background_its_two_places_and_no_more(store: Store) -> None:
    """Claimed by hand: two that read histories, then captures only once one of those has ended."""

    async def run(_: Job) -> None: ...

    known = {"history": Kind(run, background=True), "capture": Kind(run, background=True, waits=True)}
    worker = Worker(store, known, Wakeup(), lambda: NOON, jitter=lambda: 1.0)
    wanted = [NewJob("history", str(number), b"", None, 1) for number in range(BACKGROUND)]
    wanted += [NewJob("capture", str(number), b"", None, 0) for number in range(CAPTURES + 1)]
    await store.write(lambda conn: queue.put(conn, wanted, NOON))
    histories = [await claim(worker) for _ in range(BACKGROUND)]
    assert [job and job.kind for job in histories] == ["history"] * BACKGROUND
    assert await claim(worker) is None
    assert histories[0] is not None
    await worker.run(histories[0])
    captures = [await claim(worker) for _ in range(CAPTURES)]
    assert [job and job.kind for job in captures] == ["capture"] * CAPTURES
    assert await claim(worker) is None
    assert len(worker.held) == BACKGROUND - 1 + CAPTURES


def test_only_captures_have_places_of_their_own() -> None:
    nothing: Any = None
    assert [name for name, kind in kinds(nothing).items() if kind.waits] == [CAPTURE]
    assert kinds(nothing)[CAPTURE].background


async def test_a_clock_that_was_set_back_does_not_keep_a_job_that_is_due_from_being_claimed(store: Store) -> None:
    later = NOON.replace(year=2027)
    await store.write(lambda conn: queue.put(conn, [NewJob("capture", "1", b"", None, 0)], later))
    job = await queue.claim(store, NOON, bot.worker.LEASE)
    assert job is not None


async def test_a_clock_that_was_set_back_does_not_put_off_freeing_dead_leases(store: Store) -> None:
    moment = [NOON.replace(year=2027)]
    worker = Worker(store, {}, Wakeup(), lambda: moment[0], jitter=lambda: 1.0)
    assert await claim(worker) is None
    await store.write(lambda conn: queue.put(conn, [NewJob("capture", "1", b"", None, 0)], NOON))
    assert await queue.claim(store, NOON, bot.worker.LEASE) is not None
    moment[0] = NOON + 2 * bot.worker.LEASE
    job = await claim(worker)
    assert job is not None
    assert job.attempts == 2


async def test_whoever_waits_for_leave_to_write_keeps_nobody_from_a_place(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than there are places wait for one installation's turn; others are answered, and only so many wait."""
    monkeypatch.setattr(bot.worker, "IDLE", 0.02)
    monkeypatch.setattr(bot.worker, "HELD", 7)
    leave = asyncio.Event()
    waiting: set[str] = set()
    answered: list[str] = []

    async def answer(job: Job) -> None:
        if job.key.startswith("loud"):
            with resting.get()():
                waiting.add(job.key)
                await leave.wait()
        answered.append(job.key)

    worker = Worker(store, {"delivery": Kind(answer)}, Wakeup(), lambda: NOON, jitter=lambda: 1.0)
    loud = [NewJob("delivery", f"loud {number}", b"", f"lock:{number}") for number in range(CONCURRENT + 2)]
    await store.write(lambda conn: queue.put(conn, loud, NOON))
    async with working(worker):
        await until(lambda: len(waiting) == len(loud), "all of one installation to wait")
        quiet = [NewJob("delivery", f"quiet {number}", b"", None) for number in range(5)]
        await store.write(lambda conn: queue.put(conn, quiet, NOON))
        worker.wakeup.set()
        await until(lambda: len(answered) == 5, "everybody else to be answered")
        more = [NewJob("delivery", f"loud too {number}", b"", None) for number in range(3)]
        await store.write(lambda conn: queue.put(conn, more, NOON))
        worker.wakeup.set()
        await until(lambda: len(waiting) == 7, "as many as may be held at all")
        leave.set()
        await until(lambda: len(answered) == 14, "all to be answered")
    assert not worker.resting


async def test_whoever_works_on_takes_a_place(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs that do not say that they wait are never more than there are places."""
    monkeypatch.setattr(bot.worker, "IDLE", 0.02)
    running: set[str] = set()
    most: list[int] = []
    over = asyncio.Event()

    async def answer(job: Job) -> None:
        with resting.get()():
            await asyncio.sleep(0)
        running.add(job.key)
        most.append(len(running))
        await over.wait()
        running.discard(job.key)

    worker = Worker(store, {"delivery": Kind(answer)}, Wakeup(), lambda: NOON, jitter=lambda: 1.0)
    asked = [NewJob("delivery", f"{number}", b"", None) for number in range(9)]
    await store.write(lambda conn: queue.put(conn, asked, NOON))
    async with working(worker):
        await until(lambda: len(running) >= CONCURRENT, "places to be taken")
        await asyncio.sleep(0.1)
        at_once = len(running)
        over.set()
        await until(lambda: len(most) == 9 and not running, "all to be answered")
    # one that rested for a moment may have let another in
    assert CONCURRENT <= at_once <= CONCURRENT + 1
